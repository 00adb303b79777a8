// What the reader does: points, drags, types, chooses, prints.

const resetButton = document.getElementById("reset");
const SMALLEST_DRAG = 6;

function draw() {
  drawChart();
  drawHistogram();
  drawCursor();
  resetButton.disabled = state.view === whole;
  chart.dataset.ready = "true";
}

function zoom(from, to) {
  const least = (whole[1] - whole[0]) / Math.max(longest.times.length / 4, 1);
  const middle = (from + to) / 2;
  const half = Math.max(to - from, least) / 2;
  const view = [Math.max(whole[0], middle - half), Math.min(whole[1], middle + half)];
  state.view = view[0] === whole[0] && view[1] === whole[1] ? whole : view;
  draw();
}

function reset() {
  state.view = whole;
  draw();
}

function timeAt(event) {
  const { inner } = geometry;
  const at = event.clientX - chart.getBoundingClientRect().left;
  const inside = Math.min(Math.max(at, inner.left), inner.right);
  return { at: inside, time: scale([inner.left, inner.right], ...state.view)(inside) };
}

chart.addEventListener("pointermove", (event) => {
  const { at, time } = timeAt(event);
  state.cursor = longest.times[nearest(longest.times, time)];
  if (state.drag) state.drag[1] = at;
  drawCursor();
});
chart.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  const { at } = timeAt(event);
  state.drag = [at, at];
  chart.setPointerCapture(event.pointerId);
});
chart.addEventListener("pointerup", (event) => {
  if (!state.drag) return;
  const [a, b] = [state.drag[0], timeAt(event).at].sort((p, q) => p - q);
  const { inner } = geometry;
  const toTime = scale([inner.left, inner.right], ...state.view);
  state.drag = null;
  if (b - a >= SMALLEST_DRAG) zoom(toTime(a), toTime(b));
  else drawCursor();
});
chart.addEventListener("pointercancel", () => {
  state.drag = null;
  drawCursor();
});
chart.addEventListener("pointerleave", () => {
  if (state.drag || document.activeElement === chart) return;
  state.cursor = null;
  drawCursor();
});
chart.addEventListener("dblclick", reset);

chart.addEventListener("keydown", (event) => {
  const last = longest.times.length - 1;
  const now = state.cursor === null ? 0 : nearest(longest.times, state.cursor);
  const page = Math.max(1, Math.round(last / 20));
  const moves = {
    ArrowLeft: now - 1,
    ArrowDown: now - 1,
    ArrowRight: now + 1,
    ArrowUp: now + 1,
    PageDown: now - page,
    PageUp: now + page,
    Home: 0,
    End: last,
  };
  const [from, to] = state.view;
  if (event.key in moves) {
    const time = longest.times[Math.min(Math.max(moves[event.key], 0), last)];
    state.cursor = time;
    if (time < from || time > to) zoom(time - (to - from) / 2, time + (to - from) / 2);
    else drawCursor();
  } else if ("+=-".includes(event.key)) {
    const middle = state.cursor ?? (from + to) / 2;
    const half = ((to - from) / 2) * (event.key === "-" ? 2 : 0.5);
    zoom(middle - half, middle + half);
  } else if (event.key === "Escape") {
    reset();
  } else {
    return;
  }
  event.preventDefault();
});

metricSelect.addEventListener("change", () => {
  state.metric = metricSelect.value;
  draw();
});
for (const toggle of toggles) toggle.addEventListener("change", draw);
resetButton.addEventListener("click", reset);

window.addEventListener("recolour", draw);
new ResizeObserver(draw).observe(chart);
