"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const chart = document.getElementById("chart");
  const histogram = document.getElementById("histogram");
  const readout = document.getElementById("readout");
  const metricSelect = document.getElementById("metric");
  const resetButton = document.getElementById("reset");
  const themeButton = document.getElementById("theme");
  const toggles = [...document.querySelectorAll("input[data-pair]")];

  const MARGIN = { left: 52, right: 12, top: 10, bottom: 26 };
  const HISTOGRAM_BINS = 40;
  const SMALLEST_DRAG = 6;
  const TIME_STEPS = [
    0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
  ];

  // ---- what is shown -------------------------------------------------------------------------

  const longest = data.pairs.reduce((a, b) => (b.times.length > a.times.length ? b : a));
  const whole = extent(data.pairs.flatMap((p) => [p.times[0], p.times[p.times.length - 1]]));
  const state = { metric: metricSelect.value, view: whole, cursor: null, drag: null };

  function shown() {
    return data.pairs
      .map((pair, index) => ({ pair, index, values: pair.values[state.metric] }))
      .filter(({ index, values }) => values && toggles[index].checked);
  }

  function extent(numbers, share = 0) {
    let low = Infinity;
    let high = -Infinity;
    for (const x of numbers) {
      if (x === null) continue;
      if (x < low) low = x;
      if (x > high) high = x;
    }
    if (low > high) return [0, 1];
    const pad = (high - low) * share || (low === high ? Math.abs(low) * 0.01 || 0.5 : 0);
    return [low - pad, high + pad];
  }

  /** Index of the first of the ascending `times` that is not before `time`. */
  function firstFrom(times, time) {
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function nearest(times, time) {
    const right = Math.min(firstFrom(times, time), times.length - 1);
    const left = Math.max(right - 1, 0);
    return time - times[left] < times[right] - time ? left : right;
  }

  function visible(pair) {
    const slack = 1e-6;
    return [
      firstFrom(pair.times, state.view[0] - slack),
      firstFrom(pair.times, state.view[1] + slack),
    ];
  }

  // ---- numbers and times as text -------------------------------------------------------------

  function clock(seconds, step) {
    const digits = step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3;
    const unit = 10 ** digits;
    const total = Math.round(Math.abs(seconds) * unit);
    const rest = ((total % (60 * unit)) / unit).toFixed(digits);
    const minutes = Math.floor(total / (60 * unit));
    const tail = rest.padStart(digits ? digits + 3 : 2, "0");
    const hours = Math.floor(minutes / 60);
    const head = hours ? `${hours}:${String(minutes % 60).padStart(2, "0")}` : `${minutes}`;
    return `${seconds < 0 ? "-" : ""}${head}:${tail}`;
  }

  function score(value) {
    if (value === null) return "none";
    return value.toFixed(Math.abs(value) >= 10 ? 2 : 4);
  }

  function niceStep(span, count) {
    const raw = span / count;
    const power = 10 ** Math.floor(Math.log10(raw));
    return [1, 2, 5, 10].map((m) => m * power).find((step) => step >= raw);
  }

  function ticks([low, high], step) {
    const found = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
      found.push(i * step);
    }
    return found;
  }

  // ---- drawing -------------------------------------------------------------------------------

  /** A canvas of `holder`, cleared, with its size in CSS pixels and the axes' geometry. */
  function surface(holder, layer) {
    const canvas = holder.querySelectorAll("canvas")[layer];
    const { width, height } = holder.getBoundingClientRect();
    const density = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * density);
    canvas.height = Math.round(height * density);
    const pen = canvas.getContext("2d");
    pen.scale(density, density);
    const style = getComputedStyle(holder);
    pen.font = `${style.fontSize} ${style.fontFamily}`;
    const inner = {
      left: MARGIN.left,
      right: width - MARGIN.right,
      top: MARGIN.top,
      bottom: height - MARGIN.bottom,
    };
    return { pen, inner, text: style.color, rule: style.borderTopColor };
  }

  function scale([low, high], start, end) {
    const factor = (end - start) / (high - low || 1);
    return (x) => start + (x - low) * factor;
  }

  function colour(index) {
    return getComputedStyle(toggles[index].parentElement.querySelector(".swatch")).color;
  }

  function axes({ pen, inner, text, rule }, x, y, labels) {
    pen.lineWidth = 1;
    pen.strokeStyle = rule;
    pen.fillStyle = text;
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    for (const [value, label] of labels.y) {
      const at = Math.round(y(value)) + 0.5;
      pen.beginPath();
      pen.moveTo(inner.left, at);
      pen.lineTo(inner.right, at);
      pen.stroke();
      pen.fillText(label, inner.left - 8, at);
    }
    pen.textBaseline = "top";
    for (const [value, label] of labels.x) {
      const at = x(value);
      const half = pen.measureText(label).width / 2;
      pen.textAlign = at + half > inner.right + MARGIN.right ? "right" : "center";
      pen.fillText(label, pen.textAlign === "right" ? inner.right + 8 : at, inner.bottom + 8);
    }
  }

  function scoreLabels(range, count) {
    const step = niceStep(range[1] - range[0], count);
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    return ticks(range, step).map((v) => [v, v.toFixed(digits)]);
  }

  /** The line of one pair; where frames are denser than pixels, each pixel's lowest and highest. */
  function trace(pen, inner, x, y, pair, values) {
    const [from, to] = visible(pair);
    const first = Math.max(0, from - 1);
    const last = Math.min(values.length, to + 1);
    let points = 0;
    let down = false;
    const go = (px, py) => {
      if (down) pen.lineTo(px, py);
      else pen.moveTo(px, py);
      down = true;
      points += 1;
    };
    pen.beginPath();
    if (last - first <= 2 * (inner.right - inner.left)) {
      for (let i = first; i < last; i++) {
        if (values[i] === null) down = false;
        else go(x(pair.times[i]), y(values[i]));
      }
    } else {
      for (let i = first; i < last; ) {
        const column = Math.floor(x(pair.times[i]));
        let low = Infinity;
        let high = -Infinity;
        for (; i < last && Math.floor(x(pair.times[i])) === column; i++) {
          if (values[i] === null) continue;
          low = Math.min(low, values[i]);
          high = Math.max(high, values[i]);
        }
        if (low > high) {
          down = false;
          continue;
        }
        go(column, y(high));
        if (low < high) go(column, y(low));
      }
    }
    pen.stroke();
    if (points === 1 || (last - first) * 12 < inner.right - inner.left) {
      for (let i = first; i < last; i++) {
        if (values[i] === null) continue;
        pen.beginPath();
        pen.arc(x(pair.times[i]), y(values[i]), 2.5, 0, 2 * Math.PI);
        pen.fill();
      }
    }
    return points;
  }

  let geometry = null;

  function drawChart() {
    const paper = surface(chart, 0);
    const { pen, inner } = paper;
    const lines = shown();
    const range = extent(
      (function* () {
        for (const { pair, values } of lines) {
          const [from, to] = visible(pair);
          for (let i = from; i < to; i++) yield values[i];
        }
      })(),
      0.06,
    );
    const span = state.view[1] - state.view[0];
    const room = Math.max(2, Math.floor((inner.right - inner.left) / 90));
    const step = TIME_STEPS.find((s) => span / s <= room) || 3600 * Math.ceil(span / room / 3600);
    const x = scale(state.view, inner.left, inner.right);
    const y = scale(range, inner.bottom, inner.top);
    axes(paper, x, y, {
      x: ticks(state.view, step).map((v) => [v, clock(v, step)]),
      y: scoreLabels(range, 7),
    });
    pen.save();
    pen.beginPath();
    pen.rect(inner.left, inner.top - 4, inner.right - inner.left, inner.bottom - inner.top + 8);
    pen.clip();
    pen.lineWidth = 1.5;
    pen.lineJoin = "round";
    let points = 0;
    for (const { pair, index, values } of lines) {
      pen.strokeStyle = pen.fillStyle = colour(index);
      pen.setLineDash(index < 8 ? [] : [5, 3]);
      points += trace(pen, inner, x, y, pair, values);
      pen.setLineDash([]);
      if (state.metric !== pair.lead) continue;
      for (const i of pair.marked) {
        pen.beginPath();
        pen.arc(x(pair.times[i]), y(values[i]), 4, 0, 2 * Math.PI);
        pen.stroke();
      }
    }
    pen.restore();
    geometry = { inner, x, y };
    Object.assign(chart.dataset, {
      metric: state.metric,
      lines: lines.length,
      points,
      from: state.view[0],
      to: state.view[1],
      low: range[0],
      high: range[1],
    });
    chart.setAttribute("aria-valuemin", 0);
    chart.setAttribute("aria-valuemax", longest.times.length - 1);
  }

  function drawHistogram() {
    const paper = surface(histogram, 0);
    const { pen, inner } = paper;
    const lines = shown().map((line) => {
      const [from, to] = visible(line.pair);
      return { ...line, seen: line.values.slice(from, to).filter((v) => v !== null) };
    });
    const range = extent(
      (function* () {
        for (const { seen } of lines) yield* seen;
      })(),
    );
    for (const line of lines) {
      line.share = new Array(HISTOGRAM_BINS).fill(0);
      for (const value of line.seen) {
        const bin = Math.floor(((value - range[0]) / (range[1] - range[0])) * HISTOGRAM_BINS);
        line.share[Math.min(bin, HISTOGRAM_BINS - 1)] += 100 / line.seen.length;
      }
    }
    const top = Math.max(1e-9, ...lines.flatMap(({ share }) => share));
    const x = scale(range, inner.left, inner.right);
    const y = scale([0, top * 1.05], inner.bottom, inner.top);
    const step = niceStep(top, 3);
    axes(paper, x, y, {
      x: scoreLabels(range, Math.max(2, Math.floor((inner.right - inner.left) / 90))),
      y: ticks([0, top], step).map((v) => [v, `${v.toFixed(step < 1 ? 1 : 0)} %`]),
    });
    const wide = (inner.right - inner.left) / HISTOGRAM_BINS;
    for (const { index, share } of lines) {
      pen.fillStyle = pen.strokeStyle = colour(index);
      pen.beginPath();
      pen.moveTo(inner.left, inner.bottom);
      share.forEach((height, bin) => {
        pen.lineTo(inner.left + bin * wide, y(height));
        pen.lineTo(inner.left + (bin + 1) * wide, y(height));
      });
      pen.lineTo(inner.right, inner.bottom);
      pen.globalAlpha = 0.25;
      pen.fill();
      pen.globalAlpha = 1;
      pen.stroke();
    }
    histogram.dataset.frames = lines.reduce((sum, { seen }) => sum + seen.length, 0);
  }

  function drawCursor() {
    const { pen, text } = surface(chart, 1);
    const { inner, x, y } = geometry;
    if (state.drag) {
      const [a, b] = state.drag;
      pen.globalAlpha = 0.18;
      pen.fillStyle = text;
      pen.fillRect(Math.min(a, b), inner.top, Math.abs(b - a), inner.bottom - inner.top);
      pen.globalAlpha = 1;
    }
    readout.replaceChildren();
    if (state.cursor === null) {
      chart.setAttribute("aria-valuetext", "no frame chosen");
      return;
    }
    const at = x(state.cursor);
    pen.strokeStyle = text;
    pen.setLineDash([3, 3]);
    pen.beginPath();
    pen.moveTo(at, inner.top);
    pen.lineTo(at, inner.bottom);
    pen.stroke();
    pen.setLineDash([]);
    const frame = nearest(longest.times, state.cursor);
    const words = [`${clock(state.cursor, 0.001)}, frame ${frame}`];
    readout.append(item(words[0]));
    for (const { pair, index, values } of shown()) {
      const i = nearest(pair.times, state.cursor);
      const near = Math.abs(pair.times[i] - state.cursor) < 0.5;
      if (!near) continue;
      words.push(`${pair.name} ${score(values[i])}`);
      readout.append(item(words[words.length - 1], index));
      if (values[i] === null) continue;
      pen.fillStyle = colour(index);
      pen.beginPath();
      pen.arc(x(pair.times[i]), y(values[i]), 4, 0, 2 * Math.PI);
      pen.fill();
    }
    chart.setAttribute("aria-valuenow", frame);
    chart.setAttribute("aria-valuetext", words.join(", "));
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

  function draw() {
    drawChart();
    drawHistogram();
    drawCursor();
    resetButton.disabled = state.view === whole;
    chart.dataset.ready = "true";
  }

  // ---- what the reader does ------------------------------------------------------------------

  function zoom(from, to) {
    const least = (whole[1] - whole[0]) / Math.max(longest.times.length / 4, 1);
    const middle = (from + to) / 2;
    const half = Math.max(to - from, least) / 2;
    const view = [Math.max(whole[0], middle - half), Math.min(whole[1], middle + half)];
    state.view = view[0] === whole[0] && view[1] === whole[1] ? whole : view;
    draw();
  }

  function reset() {
    state.view = whole;
    draw();
  }

  function timeAt(event) {
    const { inner } = geometry;
    const at = event.clientX - chart.getBoundingClientRect().left;
    const inside = Math.min(Math.max(at, inner.left), inner.right);
    return { at: inside, time: scale([inner.left, inner.right], ...state.view)(inside) };
  }

  chart.addEventListener("pointermove", (event) => {
    const { at, time } = timeAt(event);
    state.cursor = longest.times[nearest(longest.times, time)];
    if (state.drag) state.drag[1] = at;
    drawCursor();
  });
  chart.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const { at } = timeAt(event);
    state.drag = [at, at];
    chart.setPointerCapture(event.pointerId);
  });
  chart.addEventListener("pointerup", (event) => {
    if (!state.drag) return;
    const [a, b] = [state.drag[0], timeAt(event).at].sort((p, q) => p - q);
    const { inner } = geometry;
    const toTime = scale([inner.left, inner.right], ...state.view);
    state.drag = null;
    if (b - a >= SMALLEST_DRAG) zoom(toTime(a), toTime(b));
    else drawCursor();
  });
  chart.addEventListener("pointercancel", () => {
    state.drag = null;
    drawCursor();
  });
  chart.addEventListener("pointerleave", () => {
    if (state.drag || document.activeElement === chart) return;
    state.cursor = null;
    drawCursor();
  });
  chart.addEventListener("dblclick", reset);

  chart.addEventListener("keydown", (event) => {
    const last = longest.times.length - 1;
    const now = state.cursor === null ? 0 : nearest(longest.times, state.cursor);
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
    const [from, to] = state.view;
    if (event.key in moves) {
      const time = longest.times[Math.min(Math.max(moves[event.key], 0), last)];
      state.cursor = time;
      if (time < from || time > to) zoom(time - (to - from) / 2, time + (to - from) / 2);
      else drawCursor();
    } else if ("+=-".includes(event.key)) {
      const middle = state.cursor ?? (from + to) / 2;
      const half = ((to - from) / 2) * (event.key === "-" ? 2 : 0.5);
      zoom(middle - half, middle + half);
    } else if (event.key === "Escape") {
      reset();
    } else {
      return;
    }
    event.preventDefault();
  });

  metricSelect.addEventListener("change", () => {
    state.metric = metricSelect.value;
    draw();
  });
  for (const toggle of toggles) toggle.addEventListener("change", draw);
  resetButton.addEventListener("click", reset);

  // ---- light, dark, paper --------------------------------------------------------------------

  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  themeButton.addEventListener("click", () => {
    const now = root.dataset.theme || (dark.matches ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
    draw();
  });
  dark.addEventListener("change", draw);
  let before = null;
  window.addEventListener("beforeprint", () => {
    before = root.dataset.theme;
    root.dataset.theme = "light";
    draw();
  });
  window.addEventListener("afterprint", () => {
    if (before) root.dataset.theme = before;
    else delete root.dataset.theme;
    draw();
  });
  new ResizeObserver(draw).observe(chart);
})();
