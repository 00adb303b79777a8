// The scores of every frame over time: drawn, pointed at, zoomed into.

import { TIME_STEPS, clock, extent, firstFrom, nearest, scale, score, ticks } from "./numbers.js";
import { axes, dot, roomAcross, scoreLabels, surface, trace } from "./plotting.js";

const SMALLEST_DRAG = 6;

/**
 * A chart in `holder`, which has two canvases; `readout` says what is under its cursor, and
 * `changed` is called when other frames have come into view.
 *
 * A line is a video: its `name`, the `index` of its colour, and of every frame `times` in seconds
 * and `values`, with null or NaN for none; frames whose positions are in `marked` get a circle.
 */
export class FrameChart {
  #holder;
  #readout;
  #changed;
  #ink = document.createElement("i");
  #lines = [];
  #whole = [0, 1];
  #zoomed = null;
  #cursor = null;
  #drag = null;
  #paper = null;

  constructor(holder, readout, changed = () => {}) {
    this.#holder = holder;
    this.#readout = readout;
    this.#changed = changed;
    this.#ink.hidden = true;
    holder.append(this.#ink);
    holder.addEventListener("pointermove", (event) => this.#point(event));
    holder.addEventListener("pointerdown", (event) => this.#press(event));
    holder.addEventListener("pointerup", (event) => this.#release(event));
    holder.addEventListener("pointercancel", () => this.#drop());
    holder.addEventListener("pointerleave", () => this.#leave());
    holder.addEventListener("dblclick", () => this.reset());
    holder.addEventListener("keydown", (event) => this.#pressKey(event));
    window.addEventListener("recolour", () => this.#holder.isConnected && this.draw());
    new ResizeObserver(() => this.draw()).observe(holder);
  }

  /** Draw these lines, over the times `whole` where that is wider than theirs. */
  show(lines, whole = []) {
    this.#lines = lines;
    const ends = lines.flatMap(({ times }) => [times[0], times[times.length - 1]]);
    this.#whole = extent([...ends, ...whole].filter((time) => time !== undefined));
    this.draw();
  }

  get lines() {
    return this.#lines;
  }

  /** The times in view. */
  get view() {
    return this.#zoomed ?? this.#whole;
  }

  get zoomed() {
    return this.#zoomed !== null;
  }

  /** The colour of a line. */
  colour(index) {
    this.#ink.className = `line-${index % 8}`;
    return getComputedStyle(this.#ink).color;
  }

  /** From which frame to before which one a line is in view. */
  visible({ times }) {
    const slack = 1e-6;
    const [from, to] = this.view;
    return [firstFrom(times, from - slack), firstFrom(times, to + slack)];
  }

  zoom(from, to) {
    const [first, last] = this.#whole;
    const least = (last - first) / Math.max(this.#longest.length / 4, 1);
    const middle = (from + to) / 2;
    const half = Math.max(to - from, least) / 2;
    const view = [Math.max(first, middle - half), Math.min(last, middle + half)];
    this.#zoomed = view[0] === first && view[1] === last ? null : view;
    this.draw();
  }

  reset() {
    this.#zoomed = null;
    this.draw();
  }

  draw() {
    const paper = surface(this.#holder, 0);
    const { pen, inner } = paper;
    const range = extent(this.#seen(), 0.06);
    const span = this.view[1] - this.view[0];
    const room = roomAcross(inner);
    const step = TIME_STEPS.find((s) => span / s <= room) || 3600 * Math.ceil(span / room / 3600);
    const x = scale(this.view, inner.left, inner.right);
    const y = scale(range, inner.bottom, inner.top);
    this.#paper = { inner, x, y };
    axes(paper, x, y, {
      x: ticks(this.view, step).map((v) => [v, clock(v, step)]),
      y: scoreLabels(range, 7),
    });
    pen.save();
    pen.beginPath();
    pen.rect(inner.left, inner.top - 4, inner.right - inner.left, inner.bottom - inner.top + 8);
    pen.clip();
    pen.lineWidth = 1.5;
    pen.lineJoin = "round";
    const points = this.#lines.reduce((sum, line) => sum + this.#drawLine(paper, line), 0);
    pen.restore();
    Object.assign(this.#holder.dataset, {
      lines: this.#lines.length,
      points,
      from: this.view[0],
      to: this.view[1],
      low: range[0],
      high: range[1],
    });
    this.#holder.setAttribute("aria-valuemin", 0);
    this.#holder.setAttribute("aria-valuemax", Math.max(0, this.#longest.length - 1));
    this.#drawCursor();
    this.#changed(this);
  }

  /** The times of the line with most frames; the cursor goes along these. */
  get #longest() {
    return this.#lines.reduce((most, { times }) => (times.length > most.length ? times : most), []);
  }

  *#seen() {
    for (const line of this.#lines) {
      const [from, to] = this.visible(line);
      for (let i = from; i < to; i++) yield line.values[i];
    }
  }

  #drawLine(paper, line) {
    const { pen } = paper;
    const { x, y } = this.#paper;
    const [from, to] = this.visible(line);
    pen.strokeStyle = pen.fillStyle = this.colour(line.index);
    pen.setLineDash(line.index < 8 ? [] : [5, 3]);
    const last = Math.min(line.values.length, to + 1);
    const points = trace(paper, x, y, line, Math.max(0, from - 1), last);
    pen.setLineDash([]);
    for (const i of line.marked) {
      dot(pen, x(line.times[i]), y(line.values[i]), 4);
      pen.stroke();
    }
    return points;
  }

  #drawCursor() {
    const { pen, text } = surface(this.#holder, 1);
    const { inner, x, y } = this.#paper;
    if (this.#drag) {
      const [a, b] = this.#drag;
      pen.globalAlpha = 0.18;
      pen.fillStyle = text;
      pen.fillRect(Math.min(a, b), inner.top, Math.abs(b - a), inner.bottom - inner.top);
      pen.globalAlpha = 1;
    }
    this.#readout.replaceChildren();
    const times = this.#longest;
    if (this.#cursor === null || !times.length) {
      this.#holder.setAttribute("aria-valuenow", 0);
      this.#holder.setAttribute("aria-valuetext", "no frame chosen");
      return;
    }
    const at = x(this.#cursor);
    pen.strokeStyle = text;
    pen.setLineDash([3, 3]);
    pen.beginPath();
    pen.moveTo(at, inner.top);
    pen.lineTo(at, inner.bottom);
    pen.stroke();
    pen.setLineDash([]);
    const frame = nearest(times, this.#cursor);
    const words = [`${clock(this.#cursor, 0.001)}, frame ${frame}`];
    this.#readout.append(item(words[0]));
    for (const { name, index, times, values } of this.#lines) {
      const i = nearest(times, this.#cursor);
      if (!(Math.abs(times[i] - this.#cursor) < 0.5)) continue;
      words.push(`${name} ${score(values[i])}`);
      this.#readout.append(item(words[words.length - 1], index));
      if (!Number.isFinite(values[i])) continue;
      pen.fillStyle = this.colour(index);
      dot(pen, x(times[i]), y(values[i]), 4);
      pen.fill();
    }
    this.#holder.setAttribute("aria-valuenow", frame);
    this.#holder.setAttribute("aria-valuetext", words.join(", "));
  }

  #timeAt(event) {
    const { left, right } = this.#paper.inner;
    const at = event.clientX - this.#holder.getBoundingClientRect().left;
    const inside = Math.min(Math.max(at, left), right);
    return { at: inside, time: scale([left, right], ...this.view)(inside) };
  }

  #point(event) {
    const { at, time } = this.#timeAt(event);
    const times = this.#longest;
    this.#cursor = times.length ? times[nearest(times, time)] : null;
    if (this.#drag) this.#drag[1] = at;
    this.#drawCursor();
  }

  #press(event) {
    if (event.button !== 0) return;
    const { at } = this.#timeAt(event);
    this.#drag = [at, at];
    this.#holder.setPointerCapture(event.pointerId);
  }

  #release(event) {
    if (!this.#drag) return;
    const [a, b] = [this.#drag[0], this.#timeAt(event).at].sort((p, q) => p - q);
    const { left, right } = this.#paper.inner;
    const time = scale([left, right], ...this.view);
    this.#drag = null;
    if (b - a >= SMALLEST_DRAG) this.zoom(time(a), time(b));
    else this.#drawCursor();
  }

  #drop() {
    this.#drag = null;
    this.#drawCursor();
  }

  #leave() {
    if (this.#drag || document.activeElement === this.#holder) return;
    this.#cursor = null;
    this.#drawCursor();
  }

  #pressKey(event) {
    const times = this.#longest;
    const last = times.length - 1;
    const now = this.#cursor === null ? 0 : nearest(times, this.#cursor);
    const page = Math.max(1, Math.round(last / 20));
    const moves = {
      ArrowLeft: now - 1,
      ArrowDown: now - 1,
      ArrowRight: now + 1,
      ArrowUp: now + 1,
      PageDown: now - page,
      PageUp: now + page,
      Home: 0,
      End: last,
    };
    const [from, to] = this.view;
    const half = (to - from) / 2;
    if (event.key in moves && times.length) {
      const time = times[Math.min(Math.max(moves[event.key], 0), last)];
      this.#cursor = time;
      if (time < from || time > to) this.zoom(time - half, time + half);
      else this.#drawCursor();
    } else if ("+=-".includes(event.key)) {
      const middle = this.#cursor ?? (from + to) / 2;
      const reach = half * (event.key === "-" ? 2 : 0.5);
      this.zoom(middle - reach, middle + reach);
    } else if (event.key === "Escape") {
      this.reset();
    } else {
      return;
    }
    event.preventDefault();
  }
}

function item(words, index) {
  const span = document.createElement("span");
  if (index !== undefined) {
    const swatch = document.createElement("i");
    swatch.className = `swatch line-${index % 8}`;
    span.append(swatch);
  }
  span.append(words);
  return span;
}
