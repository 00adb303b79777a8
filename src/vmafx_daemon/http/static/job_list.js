// The queue: a page of jobs with its filters, kept up to date by what happens.

import { askJson } from "./api.js";
import { copyable, element } from "./elements.js";
import { JobTable } from "./job_table.js";
import { STATES } from "./state.js";
import { Watch } from "./watch.js";
import { counted, grouped, placesOf } from "./words.js";

const PAGE = 50;
// Text is searched here, in many jobs at a time, and no further than the server bears at once.
const SEARCH_PAGE = 500;
const MOST_SEARCHED = 5000;
const TYPING_MS = 300;
const TICK_MS = 10000;

/** Whether a job has a text in its name, its places, its labels or its error. */
function matches(job, text) {
  const labels = Object.entries(job.labels).map(([name, value]) => `${name}=${value}`);
  const words = [job.id, ...placesOf(job.spec), ...labels, job.error?.message ?? ""];
  return words.some((word) => word.toLowerCase().includes(text));
}

/** The view of the queue; `filters` are `state`, `label` (NAME=VALUE), `text`, and the `page`. */
export class JobList {
  #filters;
  #jobs = new JobTable(PAGE);
  #running = new JobTable(PAGE);
  #now = element("section", { id: "running", hidden: true }, element("h2", {}, "Running"));
  #note = element("p", { class: "quiet small", role: "status" });
  #pages = element("nav", { class: "controls", "aria-label": "Pages of jobs" });
  #nothing = element("div", { class: "nothing" });
  #abort = new AbortController();
  #searched = 0;
  // What is heard while jobs are asked for, by job: the answer may be from before it happened.
  #unsaid = null;
  #watch;
  #ticking;

  constructor(filters) {
    this.#filters = filters;
    this.#now.append(this.#running.node);
    const queue = element(
      "section",
      { id: "jobs" },
      element("h2", {}, "Jobs"),
      this.#controls(),
      this.#note,
      this.#jobs.node,
      this.#nothing,
      this.#pages,
    );
    this.nodes = [this.#now, queue];
    this.#watch = new Watch("/v1/events", {
      heard: (event) => this.#hear(event),
      opened: () => this.#load(),
    });
    this.#ticking = setInterval(() => {
      this.#jobs.tick();
      this.#running.tick();
    }, TICK_MS);
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

  /** Show everything anew. */
  async #load() {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.#unsaid ??= new Map();
    let failure = "";
    try {
      const [{ jobs, next, searched }, running] = await Promise.all([
        this.#find(signal),
        askJson(`/v1/jobs?state=running&page_size=${PAGE}`, { signal }),
      ]);
      this.#running.fill(running.jobs);
      this.#jobs.fill(jobs);
      this.#searched = searched;
      this.#turn(next);
      this.#tell();
    } catch (error) {
      if (signal.aborted) return;
      failure = error.message;
    }
    const unsaid = [...this.#unsaid.values()];
    this.#unsaid = null;
    for (const event of unsaid) this.#hear(event);
    if (failure) this.#note.textContent = failure;
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
    } while (wanted && token && found.length < PAGE && seen < MOST_SEARCHED);
    return { jobs: found, next: token, searched: wanted && token ? seen : 0 };
  }

  #turn(next) {
    this.#pages.replaceChildren();
    const { page } = this.#filters;
    if (page) this.#pages.append(element("a", { href: this.#address("") }, "← Newest"));
    if (next) this.#pages.append(element("a", { href: this.#address(next) }, "Older →"));
  }

  #tell() {
    const { state, label, text, page } = this.#filters;
    const { size } = this.#jobs;
    // Where only running jobs are listed, they need not be shown twice.
    this.#now.hidden = !this.#running.size || state === "running";
    if (this.#searched) {
      const all = counted(this.#searched, "job");
      this.#note.textContent = `${grouped(size)} of ${all} searched; older ones may follow`;
    } else {
      this.#note.textContent = text || label ? counted(size, "job") : "";
    }
    this.#nothing.replaceChildren();
    if (size) return;
    if (state || label || text || page) {
      const clear = element("a", { href: "#/" }, "Show all jobs");
      this.#nothing.append(element("p", {}, "No job here is like that."), clear);
    } else {
      this.#nothing.append(...howToBegin());
    }
  }

  #hear(event) {
    const { job_id: id, state: job, progress } = event;
    if (this.#unsaid) {
      // Progress is of the state before it.
      this.#unsaid.set(id, job ? event : { ...this.#unsaid.get(id), ...event });
      return;
    }
    if (job) {
      if (job.state === "running") this.#running.put(job);
      else this.#running.drop(id);
      if (!this.#fits(job)) this.#jobs.drop(id);
      else if (!this.#filters.page || this.#jobs.has(id)) this.#jobs.put(job);
      this.#tell();
    }
    if (progress) {
      this.#jobs.advance(id, progress);
      this.#running.advance(id, progress);
    }
  }

  #fits(job) {
    const { state, text, label } = this.#filters;
    const [name, ...value] = label.split("=");
    return (
      (!state || job.state === state) &&
      (!label || job.labels[name] === value.join("=")) &&
      (!text || matches(job, text.toLowerCase()))
    );
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
