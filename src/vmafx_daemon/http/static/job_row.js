// A job in the list.

import { element } from "./elements.js";
import { badge } from "./state.js";
import { ago, clockTime, progressWords, titleOf } from "./words.js";

/** A row; what changes in it is put in anew, so that the focus stays where it is. */
export class JobRow {
  #state = element("td", { class: "words" });
  #outcome = element("td", { class: "words outcome" });
  #age = element("time");

  constructor(job) {
    this.job = job;
    this.node = element(
      "tr",
      {},
      this.#state,
      element(
        "td",
        { class: "words what" },
        element("a", { href: `#/jobs/${encodeURIComponent(job.id)}` }, titleOf(job.spec)),
        element("div", { class: "labels small" }, labels(job)),
      ),
      this.#outcome,
      element("td", { class: "words quiet age" }, this.#age),
    );
    this.#age.dateTime = job.created_at;
    this.#age.title = clockTime(job.created_at);
    this.show(job);
  }

  show(job) {
    const progress = job.progress ?? (this.job.state === job.state ? this.job.progress : null);
    this.job = { ...job, progress };
    this.#state.replaceChildren(badge(job.state));
    this.#outcome.replaceChildren(...outcome(this.job));
    this.tick();
  }

  progress(progress) {
    this.show({ ...this.job, progress });
  }

  /** Say again how old it is. */
  tick() {
    this.#age.textContent = ago(this.job.created_at);
  }
}

/** The labels of a job, and how it differs from others in the queue. */
export function labels({ labels: all, priority }) {
  const chips = Object.entries(all).map(([name, value]) =>
    element("span", { class: "chip" }, value ? `${name}=${value}` : name),
  );
  if (priority) chips.push(element("span", { class: "chip" }, `priority ${priority}`));
  return chips;
}

function outcome({ state, scores, error, progress, cached }) {
  if (state === "running") {
    const { done = 0, total } = progress ?? {};
    const bar = element("progress", {
      max: total || 1,
      value: total ? done : false,
      "aria-label": "Progress",
    });
    const said = progress ? progressWords(progress) : "starting";
    return [bar, element("span", { class: "small" }, said)];
  }
  if (error && state !== "completed") {
    const again = state === "pending" ? "will be tried again: " : "";
    return [element("span", { class: "missed cut", title: error.message }, again + error.message)];
  }
  if (state !== "completed") return [];
  const numbers = scores.map((score) => score?.toFixed(2) ?? "none").join(", ");
  return [
    element("strong", {}, numbers),
    cached && element("span", { class: "quiet small" }, " known before"),
  ].filter(Boolean);
}
