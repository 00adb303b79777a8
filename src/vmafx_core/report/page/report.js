// The page about a result: its chart, its histogram, what the reader chooses.

import { extent, niceStep, scale, ticks } from "./numbers.js";
import { axes, roomAcross, scoreLabels, surface } from "./plotting.js";
import { FrameChart } from "./frame_chart.js";

const HISTOGRAM_BINS = 40;

const data = JSON.parse(document.getElementById("data").textContent);
const holder = document.getElementById("chart");
const histogram = document.getElementById("histogram");
const metricSelect = document.getElementById("metric");
const resetButton = document.getElementById("reset");
const toggles = [...document.querySelectorAll("input[data-pair]")];
const whole = data.pairs.flatMap(({ times }) => [times[0], times[times.length - 1]]);

const chart = new FrameChart(holder, document.getElementById("readout"), () => {
  resetButton.disabled = !chart.zoomed;
  drawHistogram();
});

/** Draw the pairs that have the chosen metric and are ticked. */
function show() {
  const metric = metricSelect.value;
  holder.dataset.metric = metric;
  const lines = data.pairs.map(({ name, times, values, lead, marked }, index) => ({
    name,
    index,
    times,
    values: values[metric],
    marked: metric === lead ? marked : [],
  }));
  chart.show(lines.filter(({ index, values }) => values && toggles[index].checked), whole);
}

function drawHistogram() {
  const paper = surface(histogram, 0);
  const { pen, inner } = paper;
  const lines = chart.lines.map((line) => {
    const [from, to] = chart.visible(line);
    return { index: line.index, seen: line.values.slice(from, to).filter(Number.isFinite) };
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
    x: scoreLabels(range, roomAcross(inner)),
    y: ticks([0, top], step).map((v) => [v, `${v.toFixed(step < 1 ? 1 : 0)} %`]),
  });
  const wide = (inner.right - inner.left) / HISTOGRAM_BINS;
  for (const { index, share } of lines) {
    pen.fillStyle = pen.strokeStyle = chart.colour(index);
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

metricSelect.addEventListener("change", show);
for (const toggle of toggles) toggle.addEventListener("change", show);
resetButton.addEventListener("click", () => chart.reset());
show();
holder.dataset.ready = "true";
