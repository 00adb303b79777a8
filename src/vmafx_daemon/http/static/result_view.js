// What came out of a job: cards, the chart, the pools, what was done.

import { authorization } from "./api.js";
import { commonLines, encodeLines, referenceLine, runLines } from "./account.js";
import { element, lines, swatch } from "./elements.js";
import { FrameScores } from "./frame_scores.js";
import { shortNames } from "./words.js";

const POOLS = {
  mean: "mean",
  harmonic_mean: "harmonic",
  median: "median",
  min: "min",
  max: "max",
  stdev: "st. dev.",
  p1: "p1",
  p5: "p5",
  p10: "p10",
  p90: "p90",
  worst1: "worst 1 %",
  worst5: "worst 5 %",
};
const ON_CARDS = ["harmonic_mean", "p5", "min"];

/** A job with its result, read apart from the page; throws what is wrong. */
export function readResult(id) {
  const worker = new Worker("/static/result_worker.js", { type: "module" });
  const path = `/v1/jobs/${encodeURIComponent(id)}?result=true`;
  return new Promise((done, failed) => {
    worker.onmessage = ({ data }) =>
      data.job ? done(data.job) : failed(new Error(`The result cannot be read: ${data.failure}`));
    worker.onerror = () => failed(new Error("The result cannot be read."));
    worker.postMessage({ path, headers: authorization() });
  }).finally(() => worker.terminate());
}

/** The sections about a result. */
export function resultSections({ score, encode }) {
  return score ? scoreSections(score) : encodeSections(encode);
}

function scoreSections(result) {
  const names = shortNames(result.pairs.map(({ distorted }) => distorted.location));
  const [shared, own] = commonLines(result.pairs);
  const done = [
    element("h2", {}, "What was done"),
    lines([referenceLine(result), ...shared]),
    ...own.flatMap((ofPair, i) =>
      ofPair.length ? [element("h3", {}, swatch(i), " ", names[i]), lines(ofPair)] : [],
    ),
    own.length > 1 && element("h3", {}, "The run"),
    lines(runLines(result)),
    notices([...result.notices, ...result.pairs.flatMap((pair) => pair.notices)]),
  ];
  return [
    cards(result.pairs, names),
    chart(
      result.pairs.map(({ times, worst, ...pair }, i) => ({
        name: names[i],
        times,
        marked: worst.map(({ index }) => index),
        ...pair,
      })),
    ),
    pools(result.pairs, names),
    element("section", { id: "account" }, done),
  ];
}

function encodeSections(point) {
  const name = point.setting.encoder;
  const frames = point.metrics[0]?.values.length ?? 0;
  const times = Float64Array.from({ length: frames }, (_, i) => (i * point.duration) / frames);
  return [
    cards([point], [name]),
    chart([{ ...point, name, times, marked: [] }]),
    pools([point], [name]),
    element(
      "section",
      { id: "account" },
      element("h2", {}, "What was done"),
      lines(encodeLines(point)),
    ),
  ];
}

function chart(videos) {
  const scores = new FrameScores("Score of every frame");
  scores.show(
    videos.map(({ name, times, marked, metrics }) => ({
      name,
      times,
      marked,
      metrics: new Map(metrics.map((metric) => [metric.name, metric.values])),
      elementary: metrics.filter(({ kind }) => kind === "elementary").map((each) => each.name),
    })),
  );
  return scores.section;
}

function number(value, { pooled }) {
  if (value === null) return "none";
  return value.toFixed(Math.max(Math.abs(pooled.min), Math.abs(pooled.max)) >= 10 ? 2 : 4);
}

function cards(pairs, names) {
  const made = pairs.map(({ metrics: [lead] }, i) =>
    element(
      "article",
      { class: "card" },
      element("h2", {}, swatch(i), element("span", {}, names[i])),
      element(
        "p",
        { class: "score" },
        number(lead.pooled.mean, lead),
        " ",
        element("small", {}, `mean ${lead.name}`),
      ),
      element(
        "dl",
        { class: "figures small" },
        ON_CARDS.map((pool) =>
          element(
            "div",
            {},
            element("dt", {}, POOLS[pool]),
            element("dd", {}, number(lead.pooled[pool], lead)),
          ),
        ),
      ),
    ),
  );
  return element("div", { class: "cards" }, made);
}

function pools(pairs, names) {
  const columns = Object.keys(POOLS);
  const heading = (text) => element("th", { scope: "col" }, text);
  const bodies = pairs.map(({ metrics }, i) =>
    element(
      "tbody",
      {},
      element(
        "tr",
        {},
        element(
          "th",
          { scope: "rowgroup", colspan: columns.length + 1, class: "group" },
          swatch(i),
          names[i],
        ),
      ),
      metrics
        .filter(({ kind }) => kind !== "elementary")
        .map((metric) =>
          element(
            "tr",
            {},
            element("th", { scope: "row" }, metric.name),
            columns.map((pool) => element("td", {}, number(metric.pooled[pool], metric))),
          ),
        ),
    ),
  );
  const table = element(
    "table",
    {},
    element("thead", {}, element("tr", {}, heading("metric"), Object.values(POOLS).map(heading))),
    bodies,
  );
  const scroll = { class: "scroll", tabindex: "0", role: "region", "aria-label": "Pooled scores" };
  return element(
    "section",
    { id: "pools" },
    element("h2", {}, "Pooled scores"),
    element("div", scroll, table),
  );
}

function notices(all) {
  if (!all.length) return null;
  const item = ({ level, text }) =>
    level === "warning"
      ? element("li", { class: "warning" }, `⚠ ${text}`)
      : element("li", { class: "quiet" }, `• ${text}`);
  return element("ul", { class: "notices" }, all.map(item));
}
