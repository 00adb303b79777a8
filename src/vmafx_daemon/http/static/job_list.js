// The queue: a page of jobs with its filters, kept up to date by what happens.

import { askJson } from "./api.js";
import { copyable, element } from "./elements.js";
import { JobRow } from "./job_row.js";
import { STATES } from "./state.js";
import { Watch } from "./watch.js";
import { counted, placesOf } from "./words.js";

const PAGE = 50;
// Text is searched here, in many jobs at a time.
const SEARCH_PAGE = 500;
const TYPING_MS = 300;

/** Whether a job has a text in its name, its places, its labels or its error. */
function matches(job, text) {
  const labels = Object.entries(job.labels).map(([name, value]) => `${name}=${value}`);
  const words = [job.id, ...placesOf(job.spec), ...labels, job.error?.message ?? ""];
  return words.some((word) => word.toLowerCase().includes(text));
}

/** The view of the queue; `filters` are `state`, `label` (NAME=VALUE), `text`, and the `page`. */
export class JobList {
  #filters;
  #rows = new Map();
  #body = element("tbody");
  #table = element(
    "table",
    { class: "jobs" },
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        ["state", "job", "what came out", "queued"].map((text) =>
          element("th", { scope: "col", class: "words" }, text),
        ),
      ),
    ),
    this.#body,
  );
  #note = element("p", { class: "quiet small", role: "status" });
  #pages = element("nav", { class: "controls", "aria-label": "Pages of jobs" });
  #nothing = element("div", { class: "nothing" });
  #abort = new AbortController();
  #watch;
  #ticking;

  constructor(filters) {
    this.#filters = filters;
    const section = element(
      "section",
      { id: "jobs" },
      element("h2", { tabindex: "-1" }, "Jobs"),
      this.#controls(),
      this.#note,
      this.#table,
      this.#nothing,
      this.#pages,
    );
    this.nodes = [section];
    this.#table.hidden = true;
    this.#watch = new Watch("/v1/events", {
      heard: (event) => this.#hear(event),
      opened: () => this.#load(),
    });
    this.#ticking = setInterval(() => this.#rows.forEach((row) => row.tick()), 10_000);
  }

  close() {
    this.#watch.close();
    this.#abort.abort();
    clearInterval(this.#ticking);
  }

  #controls() {
    const { state, label, text } = this.#filters;
    const choices = ["", ...STATES].map((each) =>
      element(
        "label",
        { class: "choice" },
        element("input", { type: "radio", name: "state", value: each, checked: each === state }),
        each || "all",
      ),
    );
    const form = element(
      "form",
      { class: "controls filters", role: "search", onsubmit: (event) => event.preventDefault() },
      element("fieldset", {}, element("legend", { class: "unseen" }, "State"), choices),
      element(
        "label",
        {},
        "label ",
        element("input", { name: "label", placeholder: "show=pilot", value: label, size: "14" }),
      ),
      element(
        "label",
        {},
        "text ",
        element("input", {
          name: "text",
          type: "search",
          placeholder: "file, label, error",
          value: text,
          size: "18",
        }),
      ),
    );
    let typing = null;
    form.addEventListener("input", (event) => {
      clearTimeout(typing);
      typing = setTimeout(() => this.#filter(form), event.target.type === "radio" ? 0 : TYPING_MS);
    });
    return form;
  }

  #filter(form) {
    const chosen = Object.fromEntries(new FormData(form));
    this.#filters = { ...chosen, label: chosen.label.trim(), text: chosen.text.trim(), page: "" };
    history.replaceState(null, "", this.#address());
    this.#load();
  }

  #address(page = this.#filters.page) {
    const { state, label, text } = this.#filters;
    const given = Object.entries({ state, label, text, page }).filter(([, value]) => value);
    return `#/${given.length ? `?${new URLSearchParams(given)}` : ""}`;
  }

  /** Show the page anew. */
  async #load() {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    try {
      const { jobs, next } = await this.#find(signal);
      const before = this.#rows;
      this.#rows = new Map();
      for (const job of jobs) {
        const row = before.get(job.id) ?? new JobRow(job);
        row.show(job);
        this.#rows.set(job.id, row);
      }
      this.#body.replaceChildren(...[...this.#rows.values()].map(({ node }) => node));
      this.#turn(next);
      this.#tell();
    } catch (error) {
      if (!signal.aborted) this.#note.textContent = error.message;
    }
  }

  /** The jobs of this page, and where the next one begins. */
  async #find(signal) {
    const { state, label, text, page } = this.#filters;
    if (label && !/^[^=]+=/.test(label)) throw new Error("Write a label as NAME=VALUE.");
    const wanted = text.toLowerCase();
    const found = [];
    let token = page;
    let seen = 0;
    do {
      const query = new URLSearchParams({ page_size: wanted ? SEARCH_PAGE : PAGE });
      if (state) query.set("state", state);
      if (label) query.set("label", label);
      if (token) query.set("page_token", token);
      const answer = await askJson(`/v1/jobs?${query}`, { signal });
      seen += answer.jobs.length;
      found.push(...answer.jobs.filter((job) => !wanted || matches(job, wanted)));
      token = answer.next_page_token;
      if (wanted && token) this.#note.textContent = `${counted(seen, "job")} searched…`;
    } while (wanted && token && found.length < PAGE);
    return { jobs: found, next: token };
  }

  #turn(next) {
    this.#pages.replaceChildren();
    const { page } = this.#filters;
    if (page) this.#pages.append(element("a", { href: this.#address("") }, "← Newest"));
    if (next) this.#pages.append(element("a", { href: this.#address(next) }, "Older →"));
  }

  #tell() {
    const { state, label, text, page } = this.#filters;
    const any = this.#rows.size > 0;
    const filtered = state || label || text;
    this.#table.hidden = !any;
    this.#note.textContent = any && (text || label) ? `${counted(this.#rows.size, "job")} here` : "";
    this.#nothing.replaceChildren();
    if (any) return;
    if (filtered || page) {
      const clear = () => {
        location.hash = "#/";
      };
      this.#nothing.append(
        element("p", {}, "No job is like that."),
        element("button", { type: "button", onclick: clear }, "Show all jobs"),
      );
    } else {
      this.#nothing.append(...howToBegin());
    }
  }

  #hear({ job_id: id, state: job, progress }) {
    const row = this.#rows.get(id);
    if (progress) row?.progress(progress);
    if (!job) return;
    const { state, text, label, page } = this.#filters;
    const [name, ...value] = label.split("=");
    const fits =
      (!state || job.state === state) &&
      (!label || job.labels[name] === value.join("=")) &&
      (!text || matches(job, text.toLowerCase()));
    if (row && fits) {
      row.show(job);
    } else if (row) {
      row.node.remove();
      this.#rows.delete(id);
    } else if (fits && !page && this.#isNewest(job)) {
      const made = new JobRow(job);
      this.#rows = new Map([[id, made], ...this.#rows]);
      this.#body.prepend(made.node);
      this.#cut();
    }
    this.#tell();
  }

  #isNewest(job) {
    const [first] = this.#rows.values();
    return !first || Date.parse(job.created_at) >= Date.parse(first.job.created_at);
  }

  /** Keep no more rows than a page has; the others are on the next one. */
  #cut() {
    for (const [id, row] of [...this.#rows].slice(PAGE)) {
      row.node.remove();
      this.#rows.delete(id);
    }
  }
}

function howToBegin() {
  const body = JSON.stringify({
    spec: { pair: { reference: "/media/ref.mp4", distorted: "/media/dis.mp4" } },
  });
  return [
    element("h3", {}, "No jobs yet"),
    element("p", {}, "Submit the first one from a terminal on this machine:"),
    copyable("vmafx jobs submit ref.mp4 dis.mp4"),
    element("p", {}, "or from anywhere by HTTP:"),
    copyable(`curl -s ${location.origin}/v1/jobs -d '${body}'`),
    element("p", {}, element("a", { href: "/docs" }, "All that can be asked for"), "."),
  ];
}
