// What was done to get the scores, in words: the lines of reports.

import { counted, short } from "./words.js";

const NO_REFERENCE = "none";

function video({ width, height, pix_fmt, frame_rate, variable_rate, codec, bit_rate }) {
  const parts = [`${width}x${height}`, pix_fmt];
  if (frame_rate) {
    const rate = short(frame_rate.numerator / frame_rate.denominator);
    parts.push(`${rate} fps${variable_rate ? " (variable)" : ""}`);
  }
  parts.push(codec);
  if (bit_rate !== null) parts.push(`${Math.round(bit_rate / 1000)} kb/s`);
  return parts.join(", ");
}

function model({ version, path, flags, overrides, range }) {
  const name = version + (path ? ` (${path})` : "");
  const options = [...flags, ...overrides.map((each) => `${each.name}=${each.value}`)];
  return [`${name}, ${range.low} to ${range.high}`, ...options].join(", ");
}

function neuralModel(use) {
  const what = `${use.model} (${use.role}, ${use.precision})`;
  return `${what}, ${use.provider} on ${use.device}, ONNX Runtime ${use.runtime}`;
}

function frameAccount({ frames }) {
  const text =
    `${frames.scored} scored of ${frames.reference_read} reference` +
    ` and ${frames.distorted_read} distorted`;
  const left = [
    [frames.reference_left, "reference"],
    [frames.distorted_left, "distorted"],
  ].filter(([count]) => count);
  const words = left.map(([count, side]) => `${count} ${side}`).join(" and ");
  return text + (words && `; ${words} left over`);
}

function pairing({ pairing: how, offset, offset_source: source }) {
  if (!offset) return `by ${how}${source === "found" ? ", no offset found" : ""}`;
  const late = offset > 0 ? "later" : "earlier";
  return `by ${how}, distorted ${counted(Math.abs(offset), "frame")} ${late} (${source})`;
}

function pixelFormat({ chroma, depth }) {
  const base = chroma === "4:0:0" ? "gray" : `yuv${chroma.replaceAll(":", "")}p`;
  return depth === 8 ? base : `${base}${depth}le`;
}

function pairLines(pair) {
  const alone = pair.pairing === NO_REFERENCE;
  const { width, height } = pair.picture;
  return [
    !alone && ["distorted", `${pair.distorted.location}: ${video(pair.distorted)}`],
    pair.reference_filters && ["reference filters", pair.reference_filters],
    pair.distorted_filters && !alone && ["distorted filters", pair.distorted_filters],
    ["scored as", `${width}x${height}, ${pixelFormat(pair.picture)}`],
    !alone && ["pairing", pairing(pair)],
    ["frames", alone ? `${pair.frames.scored} scored, without a reference` : frameAccount(pair)],
    ...pair.models.map((use) => ["model", model(use)]),
    ...pair.neural.map((use) => ["neural model", neuralModel(use)]),
  ].filter(Boolean);
}

export function referenceLine({ reference, pairs }) {
  const what = pairs[0].pairing === NO_REFERENCE ? "video" : "reference";
  return [what, `${reference.location}: ${video(reference)}`];
}

/** The lines that all pairs share, and those that are each one's own. */
export function commonLines(pairs) {
  const each = pairs.map(pairLines);
  const has = (all, [term, words]) => all.some(([t, w]) => t === term && w === words);
  const shared = each[0].filter((line) => each.every((all) => has(all, line)));
  return [shared, each.map((all) => all.filter((line) => !has(shared, line)))];
}

export function runLines({ pairs, seconds, threads, versions }) {
  const scored = pairs.reduce((sum, { frames }) => sum + frames.scored, 0);
  const speed = seconds > 0 ? ` (${(scored / seconds).toFixed(1)} fps)` : "";
  const time = `${counted(scored, "frame")} in ${seconds.toFixed(2)} s${speed}`;
  const { vmafx, libvmaf, ffmpeg, pyav } = versions;
  return [
    ["time", `${time}, ${counted(threads, "thread")}`],
    ["versions", `vmafx ${vmafx}, libvmaf ${libvmaf}, FFmpeg ${ffmpeg}, PyAV ${pyav}`],
  ];
}

export function settingLines({ encoder, quality, preset, options, pix_fmt, size }) {
  return [
    ["encoder", `${encoder} at ${short(quality)}`],
    preset && ["preset", preset],
    options.length && ["options", options.map(({ name, value }) => `${name}=${value}`).join(", ")],
    size && ["size", `${size.width}x${size.height}`],
    pix_fmt && ["pixel format", pix_fmt],
  ].filter(Boolean);
}

export function encodeLines(point) {
  const { setting, pix_fmt, frames, duration, video_bytes: bytes, cached } = point;
  return [
    ...settingLines({ ...setting, pix_fmt }),
    ["sample", `${counted(frames, "frame")}, ${duration.toFixed(2)} s`],
    ["bit rate", `${((8 * bytes) / duration / 1000).toFixed(1)} kb/s`],
    ["encoding", `${point.encode_seconds.toFixed(2)} s`],
    ["scoring", `${point.score_seconds.toFixed(2)} s`],
    point.encoder_version && ["version", point.encoder_version],
    cached && ["origin", "measured by an earlier run"],
  ].filter(Boolean);
}
