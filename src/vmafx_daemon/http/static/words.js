// Words for numbers, times, places and jobs.

const UNITS = [
  [86400, "d"],
  [3600, "h"],
  [60, "min"],
  [1, "s"],
];

/** Seconds as "0.4 s", "12 s", "3 min 20 s", "2 h 5 min". */
export function lasting(seconds) {
  if (seconds < 9.95) return `${Math.max(seconds, 0).toFixed(1)} s`;
  const whole = Math.round(seconds);
  const at = UNITS.findIndex(([length]) => whole >= length);
  const [length, unit] = UNITS[at];
  const [lesser, small] = UNITS[at + 1] ?? [1, ""];
  const rest = Math.floor((whole % length) / lesser);
  return `${Math.floor(whole / length)} ${unit}${small && rest ? ` ${rest} ${small}` : ""}`;
}

/** How long ago a moment was, roughly. */
export function ago(moment) {
  const seconds = (Date.now() - Date.parse(moment)) / 1000;
  const [length, unit] = UNITS.find(([length]) => seconds >= length) ?? [1, "s"];
  return seconds < 5 ? "now" : `${Math.floor(seconds / length)} ${unit} ago`;
}

/** Seconds from one moment to another, or to now. */
export function between(from, to) {
  return ((to ? Date.parse(to) : Date.now()) - Date.parse(from)) / 1000;
}

/** A moment in the reader's time. */
export function clockTime(moment) {
  return new Date(moment).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}

export function grouped(number) {
  return number.toLocaleString("en");
}

export function counted(number, what) {
  return `${grouped(number)} ${what}${number === 1 ? "" : "s"}`;
}

/** A number with no more digits than it has. */
export function short(number, digits = 3) {
  return String(Number(number.toFixed(digits)));
}

function lastPart(location) {
  const path = location.includes("://") ? location.split(/[?#]/)[0] : location;
  return path.split(/[/\\]/).filter(Boolean).pop() ?? location;
}

/** What to call videos: the last part of each location where these differ, else all of it. */
export function shortNames(locations) {
  const ends = locations.map(lastPart);
  return ends.map((end, i) => (ends.indexOf(end) === ends.lastIndexOf(end) ? end : locations[i]));
}

/** What a job is about, in a few words. */
export function titleOf({ score, encode }) {
  if (encode) {
    const [source] = shortNames([encode.source.location]);
    return `${source}: ${encode.setting.encoder} at ${short(encode.setting.quality)}`;
  }
  const [reference, ...distorted] = shortNames(
    [score.reference, ...score.distorted].map(({ location }) => location),
  );
  return distorted.length ? `${distorted.join(", ")} against ${reference}` : reference;
}

/** The places that a job reads. */
export function placesOf({ score, encode }) {
  const inputs = encode ? [encode.source] : [score.reference, ...score.distorted];
  return inputs.map(({ location }) => location);
}

/** How far a running job is, and how long it will take. */
export function progressWords({ phase, done, total, fps }) {
  const parts = [total ? `${grouped(done)} of ${counted(total, "frame")}` : counted(done, "frame")];
  if (fps > 0) parts.push(`${short(fps, fps < 10 ? 1 : 0)} fps`);
  if (fps > 0 && total > done) parts.push(`about ${lasting((total - done) / fps)} left`);
  return `${phase || "starting"}: ${parts.join(", ")}`;
}
