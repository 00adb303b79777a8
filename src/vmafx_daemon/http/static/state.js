// Where a job is in its life: a sign and a word.

import { element } from "./elements.js";

const SIGNS = {
  pending: "○",
  running: "●",
  completed: "✓",
  failed: "✗",
  cancelled: "–",
};

export const STATES = Object.keys(SIGNS);

export function hasEnded({ state }) {
  return state !== "pending" && state !== "running";
}

export function badge(state) {
  return element(
    "span",
    { class: `badge is-${state}` },
    element("span", { class: "sign", "aria-hidden": "true" }, SIGNS[state]),
    state,
  );
}
