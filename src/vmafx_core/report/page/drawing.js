// What is shown, and drawing it.

const data = JSON.parse(document.getElementById("data").textContent);
const chart = document.getElementById("chart");
const histogram = document.getElementById("histogram");
const readout = document.getElementById("readout");
const metricSelect = document.getElementById("metric");
const toggles = [...document.querySelectorAll("input[data-pair]")];

const MARGIN = { left: 52, right: 12, top: 10, bottom: 26 };
const HISTOGRAM_BINS = 40;

const longest = data.pairs.reduce((a, b) => (b.times.length > a.times.length ? b : a));
const whole = extent(data.pairs.flatMap((p) => [p.times[0], p.times[p.times.length - 1]]));
const state = { metric: metricSelect.value, view: whole, cursor: null, drag: null };

/** The pairs that have the chosen metric and are ticked. */
function shown() {
  return data.pairs
    .map((pair, index) => ({ pair, index, values: pair.values[state.metric] }))
    .filter(({ index, values }) => values && toggles[index].checked);
}

/** From which frame to before which one a pair is in view. */
function visible(pair) {
  const slack = 1e-6;
  return [
    firstFrom(pair.times, state.view[0] - slack),
    firstFrom(pair.times, state.view[1] + slack),
  ];
}

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
