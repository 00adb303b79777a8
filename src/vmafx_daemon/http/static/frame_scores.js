// The section with the chart of every frame: which metric, which videos.

import { FrameChart } from "./frame_chart.js";
import { element, swatch } from "./elements.js";

const HELP =
  "Drag to zoom, double-click to show all. With the keyboard: arrow keys move the cursor, " +
  "+ and - zoom, Escape shows all. Circles mark the worst frames.";

/**
 * Shows the scores of frames, of results and while they come.
 *
 * A video has a `name`, `times` in seconds, `metrics`: a map from names to `values`, which metrics
 * are `elementary`, and which frames are `marked` among the values of its first metric.
 */
export class FrameScores {
  #select = element("select");
  #toggles = element("span", { class: "controls", role: "group", "aria-label": "Videos" });
  #reset = element("button", { type: "button", disabled: true }, "Show all");
  #plot = element(
    "div",
    {
      class: "plot",
      role: "slider",
      tabindex: "0",
      "aria-label": "Scores by frame",
      "aria-describedby": "chart-help",
      "aria-valuenow": "0",
    },
    element("canvas"),
    element("canvas"),
  );
  #chart;
  #videos = [];
  #whole = [];
  #listed = "";
  #drawing = 0;

  constructor(title) {
    const readout = element("div", { id: "readout" });
    this.section = element(
      "section",
      { id: "frames" },
      element("h2", {}, title),
      element(
        "div",
        { class: "controls" },
        element("label", {}, "metric ", this.#select),
        this.#toggles,
        this.#reset,
      ),
      this.#plot,
      readout,
      element("p", { id: "chart-help", class: "quiet small hint" }, HELP),
    );
    this.#chart = new FrameChart(this.#plot, readout, () => {
      this.#reset.disabled = !this.#chart.zoomed;
    });
    this.#select.addEventListener("change", () => this.#draw());
    this.#toggles.addEventListener("change", () => this.#draw());
    this.#reset.addEventListener("click", () => this.#chart.reset());
  }

  /** Show these videos, over all of `whole` where more is to come; soon, not at once. */
  show(videos, whole = []) {
    this.#videos = videos;
    this.#whole = whole;
    cancelAnimationFrame(this.#drawing);
    this.#drawing = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#list();
    const metric = this.#select.value;
    const boxes = this.#toggles.querySelectorAll("input");
    const shown = this.#videos
      .map(({ name, times, metrics, marked }, index) => ({
        name,
        index,
        times,
        values: metrics.get(metric),
        marked: metric === metrics.keys().next().value ? marked : [],
      }))
      .filter(({ index, values }) => values && (!boxes.length || boxes[index].checked));
    this.#plot.dataset.metric = metric;
    this.#chart.show(shown, this.#whole);
  }

  /** Offer what there is to choose from, and keep what was chosen. */
  #list() {
    const names = [...new Set(this.#videos.flatMap(({ metrics }) => [...metrics.keys()]))];
    const listed = JSON.stringify([names, this.#videos.map(({ name }) => name)]);
    if (listed === this.#listed) return;
    this.#listed = listed;
    const elementary = new Set(this.#videos.flatMap((video) => [...video.elementary]));
    const option = (name) => element("option", { value: name }, name);
    const chosen = this.#select.value;
    const inner = names.filter((name) => elementary.has(name)).map(option);
    this.#select.replaceChildren(...names.filter((name) => !elementary.has(name)).map(option));
    if (inner.length) {
      this.#select.append(element("optgroup", { label: "Inside of models" }, inner));
    }
    if (names.includes(chosen)) this.#select.value = chosen;
    this.#toggles.replaceChildren();
    if (this.#videos.length < 2) return;
    this.#videos.forEach(({ name }, index) => {
      const box = element("input", { type: "checkbox", checked: true });
      this.#toggles.append(element("label", {}, box, swatch(index), name));
    });
  }
}
