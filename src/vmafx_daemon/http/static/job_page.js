// One job: what it is to do, how far it is, what came out, and what can be done about it.

import { Problem, askJson } from "./api.js";
import { settingLines } from "./account.js";
import { scoreCommand } from "./command.js";
import { agreed } from "./confirm.js";
import { copyable, element, lines } from "./elements.js";
import { FrameScores } from "./frame_scores.js";
import { labels } from "./job_row.js";
import { LiveScores } from "./live_scores.js";
import { readResult, resultSections } from "./result_view.js";
import { badge, hasEnded } from "./state.js";
import { Watch } from "./watch.js";
import {
  between,
  clockTime,
  lasting,
  placesOf,
  progressWords,
  shortNames,
  titleOf,
} from "./words.js";

/** The view of a job. */
export class JobPage {
  #path;
  #id;
  #job = null;
  #watch = null;
  #live = null;
  #liveChart = null;
  #closed = false;
  #head = element("section", { id: "job" });
  #middle = element("div");
  #request = element("section", { id: "request", hidden: true });
  #progress = null;
  #said = null;
  #complaint = element("p", { class: "missed", role: "alert" });

  constructor(id) {
    this.#id = id;
    this.#path = `/v1/jobs/${encodeURIComponent(id)}`;
    const back = element("p", { class: "back small" }, element("a", { href: "#/" }, "← All jobs"));
    this.nodes = [back, this.#head, this.#middle, this.#request];
    this.#load();
  }

  close() {
    this.#closed = true;
    this.#watch?.close();
  }

  async #load() {
    try {
      const job = await askJson(this.#path);
      if (this.#closed) return;
      document.title = `${titleOf(job.spec)} · vmafx`;
      this.#request.replaceChildren(...requestNodes(job.spec));
      this.#request.hidden = false;
      this.#show(job);
      if (!hasEnded(job)) {
        this.#watch = new Watch(`${this.#path}/events`, {
          heard: (event) => this.#hear(event),
          resumed: true,
        });
      }
    } catch (error) {
      this.#head.replaceChildren(element("p", { class: "missed" }, error.message));
      if (error.hint) this.#head.append(element("p", {}, error.hint));
    }
  }

  #hear({ state: job, progress, score, encode }) {
    if (job) this.#show(job);
    if (progress) this.#advance(progress);
    if (score && this.#live?.hear(score)) {
      this.#liveChart.section.hidden = false;
      this.#liveChart.show(this.#live.videos, this.#live.whole);
    }
    if (encode?.advanced) this.#advance({ ...encode.advanced, fps: 0 });
  }

  #show(job) {
    const changed = this.#job?.state !== job.state || this.#job?.attempts !== job.attempts;
    this.#job = job;
    this.#head.replaceChildren(
      element(
        "div",
        { class: "title" },
        element("h2", {}, titleOf(job.spec)),
        element("span", { role: "status" }, badge(job.state)),
        this.#actions(job),
      ),
      this.#complaint,
      lines(facts(job)),
    );
    if (changed) this.#showState(job);
    if (job.progress) this.#advance(job.progress);
  }

  /** What is shown besides of a job in its state. */
  #showState(job) {
    this.#live = this.#liveChart = this.#progress = null;
    this.#middle.replaceChildren();
    if (job.error && job.state !== "completed") this.#middle.append(errorSection(job));
    if (job.state === "running") this.#showRunning(job);
    if (!hasEnded(job)) return;
    this.#watch?.close();
    if (job.state === "completed") this.#showResult();
  }

  #showRunning(job) {
    this.#progress = element("progress", { "aria-label": "Progress" });
    this.#said = element("p", { class: "small" }, "starting");
    this.#middle.append(element("section", { id: "progress" }, this.#progress, this.#said));
    if (!job.spec.score) return;
    const names = shortNames(placesOf(job.spec)).slice(job.spec.score.distorted.length ? 1 : 0);
    this.#live = new LiveScores(names);
    this.#liveChart = new FrameScores("Score of every frame so far");
    this.#liveChart.section.hidden = true;
    this.#middle.append(this.#liveChart.section);
  }

  #advance(progress) {
    if (!this.#progress) return;
    const { done, total } = progress;
    this.#progress.max = total || 1;
    if (total) this.#progress.value = done;
    else this.#progress.removeAttribute("value");
    this.#said.textContent = progressWords(progress);
  }

  async #showResult() {
    const reading = element("p", { class: "quiet", role: "status" }, "Reading the result…");
    this.#middle.append(reading);
    try {
      const { result } = await readResult(this.#id);
      this.#middle.append(...resultSections(result));
      reading.remove();
    } catch (error) {
      reading.className = "missed";
      reading.textContent = error.message;
    }
  }

  #actions({ state }) {
    const actions = element("span", { class: "controls" });
    if (state === "pending" || state === "running") {
      const cancel = () => this.#cancel();
      actions.append(
        element("button", { type: "button", class: "danger", onclick: cancel }, "Cancel…"),
      );
    }
    if (state === "failed" || state === "cancelled") {
      const retry = () => this.#change(`${this.#path}/retry`, "POST");
      actions.append(
        element("button", { type: "button", class: "primary", onclick: retry }, "Try again"),
      );
    }
    return actions;
  }

  async #cancel() {
    const running = this.#job.state === "running";
    const meant = await agreed(
      "Cancel this job?",
      running ? "What it has scored so far is lost." : "It has not begun.",
      "Cancel the job",
      "Keep it",
    );
    if (meant) await this.#change(this.#path, "DELETE");
  }

  async #change(path, method) {
    this.#complaint.textContent = "";
    try {
      await askJson(path, { method });
      this.#watch?.close();
      await this.#load();
    } catch (error) {
      const hint = error instanceof Problem ? error.hint : "";
      this.#complaint.textContent = `${error.message} ${hint}`.trim();
    }
  }
}

function facts(job) {
  const ran = job.started_at && lasting(between(job.started_at, job.ended_at));
  const chips = labels(job);
  return [
    ["job", job.id],
    chips.length && ["labels", chips],
    ["queued", clockTime(job.created_at)],
    job.started_at && ["started", clockTime(job.started_at)],
    job.ended_at && ["ended", clockTime(job.ended_at) + (ran ? `, after ${ran}` : "")],
    job.cached && ["origin", "the result of an equal job before"],
    job.attempts > 1 && ["attempts", `${job.attempts} of ${job.max_attempts}`],
    job.worker && ["worker", job.worker],
  ].filter(Boolean);
}

function errorSection({ state, error }) {
  return element(
    "section",
    { id: "error", class: "problem" },
    element("h2", {}, state === "pending" ? "It failed, and will be tried again" : "It failed"),
    element("p", { class: "message" }, error.message),
    error.hint && element("p", {}, error.hint),
    element("p", { class: "quiet small" }, `${error.error_class}, exit code ${error.exit_code}`),
  );
}

function requestNodes({ score, encode }) {
  if (encode) {
    const { location } = encode.source;
    return [
      element("h2", {}, "What was asked for"),
      lines([["source", location], ...settingLines(encode.setting)]),
    ];
  }
  const { words, unsaid } = scoreCommand(score);
  const command = copyable(words.join(" \\\n  "));
  const nodes = [element("h2", {}, "The same on the command line"), command];
  if (unsaid.length) {
    const text = `The videos differ in ${unsaid.join(", ")}, which a command line cannot say.`;
    nodes.push(element("p", { class: "warning small" }, text));
  }
  return nodes;
}
