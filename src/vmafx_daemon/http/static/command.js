// The command line that asks for the same as a job.

const DEFAULT_MODEL = "vmaf_v0.6.1";
const DEFAULT_WINDOW = 5;

/** A word as a shell reads it. */
export function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function joined(...parts) {
  return parts.filter((part) => part !== "" && part !== false).join(":");
}

function modelText({ version, path, name, disable_clip, enable_transform, overrides }) {
  return joined(
    path ? `path=${path}` : version,
    name && `name=${name}`,
    disable_clip && "disable_clip",
    enable_transform && "enable_transform",
    ...overrides.map(({ feature, option, value }) => `${feature}.${option}=${value}`),
  );
}

function featureText({ name, options }) {
  return joined(name, ...options.map((option) => `${option.name}=${option.value}`));
}

function neuralText({ model, name, int8, fp16, encoder, preset, crf }) {
  return joined(
    model,
    name && `name=${name}`,
    int8 && "int8",
    fp16 && "fp16",
    encoder && `encoder=${encoder}`,
    preset !== null && `preset=${preset}`,
    crf !== null && `crf=${crf}`,
  );
}

function ratio(rate) {
  return rate.denominator === 1 ? `${rate.numerator}` : `${rate.numerator}/${rate.denominator}`;
}

function cropText({ width, height, x, y }) {
  return `${width}x${height}+${x}+${y}`;
}

/** How all videos are read; the values of the reference and of the others need not be the same. */
const READING = [
  ["--start", ({ start }) => start || null],
  ["--duration", ({ duration }) => duration],
  ["--width", ({ width }) => width],
  ["--height", ({ height }) => height],
  ["--pix-fmt", ({ pix_fmt }) => pix_fmt],
  ["--frame-rate", ({ frame_rate }) => frame_rate && ratio(frame_rate)],
  ["--deinterlace", ({ deinterlace }) => (deinterlace === "off" ? "off" : null)],
];

const SIDES = [
  ["--stream", ({ stream }) => stream],
  ["--skip", ({ skip }) => skip || null],
  ["--crop", ({ crop }) => crop && cropText(crop)],
];

/**
 * The words of a command line that scores the same, each option with its value, and the options
 * that it cannot say since they differ from video to video.
 */
export function scoreCommand(task) {
  const { reference, distorted, models, features, neural, sync } = task;
  const unsaid = [];
  const groups = [];
  const add = (name, value) => {
    if (value != null && value !== "") groups.push(`${name} ${quoted(String(value))}`);
  };
  const agreed = (name, read, inputs) => {
    const values = inputs.map((input) => read(input) ?? null);
    if (values.every((value) => value === values[0])) add(name, values[0]);
    else unsaid.push(name);
  };

  if (!distorted.length) groups.push("--no-reference");
  const usual = models.length === 1 && modelText(models[0]) === DEFAULT_MODEL && !neural.length;
  for (const model of usual ? [] : models) add("-m", modelText(model));
  for (const model of neural) add("-m", neuralText(model));
  if (!models.length && !neural.length) groups.push("--no-model");
  for (const feature of features) add("-f", featureText(feature));
  add("--size", task.size && `${task.size.width}x${task.size.height}`);
  add("--frames", task.frames);
  for (const [name, read] of READING) agreed(name, read, [reference, ...distorted]);
  for (const [name, read] of SIDES) {
    add(`${name}-ref`, read(reference));
    if (distorted.length) agreed(`${name}-dis`, read, distorted);
  }
  add("--pairing", task.pairing === "auto" ? null : task.pairing);
  add("--sync", sync?.auto ? "auto" : sync?.offset || null);
  if (sync?.auto && sync.window !== DEFAULT_WINDOW) add("--sync-window", sync.window);
  add("--threads", task.threads);
  const { device, which } = task.device ?? {};
  if (device && joined(device, which) !== "auto") add("--device", joined(device, which));

  const places = [reference, ...distorted].map(({ location }) => quoted(location));
  return { words: ["vmafx score", ...places, ...groups], unsaid };
}
