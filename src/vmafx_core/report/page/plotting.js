// Drawing on canvases: their size, axes, lines.

import { niceStep, ticks } from "./numbers.js";

const MARGIN = { left: 52, right: 12, top: 10, bottom: 26 };

/** A canvas of `holder`, cleared, with its size in CSS pixels and the axes' geometry. */
export function surface(holder, layer) {
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

/** How many labels have room beside each other. */
export function roomAcross({ left, right }) {
  return Math.max(2, Math.floor((right - left) / 90));
}

export function axes({ pen, inner, text, rule }, x, y, labels) {
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

export function scoreLabels(range, count) {
  const step = niceStep(range[1] - range[0], count);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return ticks(range, step).map((v) => [v, v.toFixed(digits)]);
}

export function dot(pen, x, y, radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
}

/** A line through values from `first` to before `last`; where they are denser than pixels,
 * through each pixel's lowest and highest. Returns how many points it has. */
export function trace({ pen, inner }, x, y, { times, values }, first, last) {
  const wide = inner.right - inner.left;
  let points = 0;
  let down = false;
  const go = (px, py) => {
    if (down) pen.lineTo(px, py);
    else pen.moveTo(px, py);
    down = true;
    points += 1;
  };
  pen.beginPath();
  if (last - first <= 2 * wide) {
    for (let i = first; i < last; i++) {
      if (Number.isFinite(values[i])) go(x(times[i]), y(values[i]));
      else down = false;
    }
  } else {
    for (let i = first; i < last; ) {
      const column = Math.floor(x(times[i]));
      let low = Infinity;
      let high = -Infinity;
      for (; i < last && Math.floor(x(times[i])) === column; i++) {
        if (!Number.isFinite(values[i])) continue;
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
  if (points === 1 || (last - first) * 12 < wide) {
    for (let i = first; i < last; i++) {
      if (!Number.isFinite(values[i])) continue;
      dot(pen, x(times[i]), y(values[i]), 2.5);
      pen.fill();
    }
  }
  return points;
}
