// A table of jobs, the newest first.

import { element } from "./elements.js";
import { JobRow } from "./job_row.js";

const HEADINGS = ["state", "job", "what came out", "queued"];

/** A table; rows that stay keep their elements, and with them the focus. */
export class JobTable {
  #rows = new Map();
  #body = element("tbody");
  #most;

  /** `most` is how many rows it holds; older jobs have to go. */
  constructor(most) {
    this.#most = most;
    const headings = HEADINGS.map((text) =>
      element("th", { scope: "col", class: "words" }, text),
    );
    this.node = element(
      "table",
      { class: "jobs", hidden: true },
      element("thead", {}, element("tr", {}, headings)),
      this.#body,
    );
  }

  get size() {
    return this.#rows.size;
  }

  /** Have these jobs and no others. */
  fill(jobs) {
    const before = this.#rows;
    this.#rows = new Map();
    for (const job of jobs) {
      const row = before.get(job.id) ?? new JobRow(job);
      row.show(job);
      this.#rows.set(job.id, row);
    }
    this.#body.replaceChildren(...[...this.#rows.values()].map(({ node }) => node));
    this.node.hidden = !this.size;
  }

  has(id) {
    return this.#rows.has(id);
  }

  /** Show a job as it is now; one that is not here comes to its place. */
  put(job) {
    const row = this.#rows.get(job.id);
    if (row) {
      row.show(job);
      return;
    }
    const made = new JobRow(job);
    const rows = [...this.#rows.values()];
    const later = rows.findIndex((each) => each.job.created_at <= job.created_at);
    const place = later < 0 ? rows.length : later;
    this.#body.insertBefore(made.node, rows[place]?.node ?? null);
    rows.splice(place, 0, made);
    this.#rows = new Map(rows.map((each) => [each.job.id, each]));
    for (const { job: over } of rows.slice(this.#most)) this.drop(over.id);
    this.node.hidden = !this.size;
  }

  drop(id) {
    this.#rows.get(id)?.node.remove();
    this.#rows.delete(id);
    this.node.hidden = !this.size;
  }

  advance(id, progress) {
    this.#rows.get(id)?.progress(progress);
  }

  /** Say again how old the jobs are. */
  tick() {
    for (const row of this.#rows.values()) row.tick();
  }
}
