// Numbers and times: ranges, places on an axis, words.

export const TIME_STEPS = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
];

/** Lowest and highest of `numbers`, widened by a share of their span and never of no width. */
export function extent(numbers, share = 0) {
  let low = Infinity;
  let high = -Infinity;
  for (const x of numbers) {
    if (!Number.isFinite(x)) continue;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  if (low > high) return [0, 1];
  const pad = (high - low) * share || (low === high ? Math.abs(low) * 0.01 || 0.5 : 0);
  return [low - pad, high + pad];
}

/** Index of the first of the ascending `times` that is not before `time`. */
export function firstFrom(times, time) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function nearest(times, time) {
  const right = Math.min(firstFrom(times, time), times.length - 1);
  const left = Math.max(right - 1, 0);
  return time - times[left] < times[right] - time ? left : right;
}

/** A function from values between `low` and `high` to places between `start` and `end`. */
export function scale([low, high], start, end) {
  const factor = (end - start) / (high - low || 1);
  return (x) => start + (x - low) * factor;
}

/** Seconds as "1:02.35", with as many digits as `step` needs. */
export function clock(seconds, step) {
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

export function score(value) {
  if (!Number.isFinite(value)) return "none";
  return value.toFixed(Math.abs(value) >= 10 ? 2 : 4);
}

export function niceStep(span, count) {
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((m) => m * power).find((step) => step >= raw);
}

export function ticks([low, high], step) {
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    found.push(i * step);
  }
  return found;
}
