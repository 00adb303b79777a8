// Server-sent events, read with `fetch`, since `EventSource` cannot send a token.

import { GONE, Problem, ask } from "./api.js";

const SHORTEST_MS = 1000;
const LONGEST_MS = 10000;

/**
 * Hears of events until it is closed, or there are no more; connects again when the connection is
 * lost. While the page is hidden it does not listen: browsers have few connections for a server.
 *
 * `heard` is called with each event, and `opened` with every new connection. Where `resumed`, a
 * new connection goes on behind the last event; else it begins with what happens then. The window
 * is told "changed" when a job has come into another state.
 */
export class Watch {
  #path;
  #heard;
  #opened;
  #resumed;
  #last = null;
  #pause = SHORTEST_MS;
  #abort = null;
  #timer = null;
  #seen = () => (document.hidden ? this.#stop() : this.#connect());

  constructor(path, { heard, opened = () => {}, resumed = false }) {
    this.#path = path;
    this.#heard = heard;
    this.#opened = opened;
    this.#resumed = resumed;
    document.addEventListener("visibilitychange", this.#seen);
    this.#seen();
  }

  close() {
    document.removeEventListener("visibilitychange", this.#seen);
    this.#stop();
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = null;
  }

  async #connect() {
    this.#stop();
    const abort = (this.#abort = new AbortController());
    const { signal } = abort;
    const headers = this.#resumed && this.#last !== null ? { "Last-Event-ID": this.#last } : {};
    try {
      const answer = await ask(this.#path, { headers, signal });
      if (answer.status === 204) return this.close();
      this.#pause = SHORTEST_MS;
      this.#opened();
      await this.#read(answer.body);
    } catch (error) {
      if (signal.aborted) return undefined;
      if (error instanceof Problem && error.status < 429) return this.close();
      const detail = error instanceof Problem ? error.message : GONE;
      window.dispatchEvent(new CustomEvent("unreached", { detail }));
    }
    if (!signal.aborted) {
      this.#timer = setTimeout(() => this.#connect(), this.#pause);
      this.#pause = Math.min(2 * this.#pause, LONGEST_MS);
    }
    return undefined;
  }

  async #read(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) this.#tell(block);
    }
  }

  #tell(block) {
    let data = null;
    for (const line of block.split("\n")) {
      if (line.startsWith("id: ")) this.#last = line.slice(4);
      else if (line.startsWith("data: ")) data = line.slice(6);
    }
    if (data === null) return;
    const event = JSON.parse(data);
    this.#heard(event);
    if (event.state) window.dispatchEvent(new Event("changed"));
  }
}
