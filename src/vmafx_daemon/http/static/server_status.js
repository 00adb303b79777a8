// How the server is: ready or why not, what it does, what it is.

import { askJson } from "./api.js";
import { element } from "./elements.js";
import { between, grouped, lasting } from "./words.js";

const EVERY_MS = 5000;
const SOON_MS = 500;

/** Shows the server's status, again and again while somebody looks, and soon after changes. */
export class ServerStatus {
  #holder;
  #timer = null;
  #soon = null;

  constructor(holder) {
    this.#holder = holder;
    document.addEventListener("visibilitychange", () => this.refresh());
    window.addEventListener("changed", () => {
      this.#soon ??= setTimeout(() => this.refresh(), SOON_MS);
    });
  }

  async refresh() {
    clearTimeout(this.#timer);
    clearTimeout(this.#soon);
    this.#soon = null;
    if (document.hidden) return;
    try {
      this.#show(await askJson("/v1/status"));
    } catch {
      this.#holder.hidden = true; // the page says elsewhere what is wrong
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.refresh(), EVERY_MS);
  }

  #show(status) {
    const ready = status.ready
      ? element("strong", { class: "met" }, "✓ ready")
      : element("strong", { class: "missed" }, `✗ not ready: ${status.reason}`);
    const facts = [
      ["running", `${status.running} of ${status.slots}`],
      ["waiting", grouped(status.pending)],
      ["streams", grouped(status.streams)],
      ["up", lasting(between(status.started_at))],
      ["version", `vmafx ${status.version}`],
      ["libvmaf", status.libvmaf_version || "none"],
    ];
    this.#holder.hidden = false;
    this.#holder.replaceChildren(
      element(
        "p",
        { title: `${status.addresses.join(", ")} · process ${status.pid}` },
        ready,
      ),
      element(
        "dl",
        { class: "figures small" },
        facts.map(([term, words]) =>
          element("div", {}, element("dt", {}, term), element("dd", {}, words)),
        ),
      ),
    );
  }
}
