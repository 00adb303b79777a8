// What the reader of a search's page does: points at dots and bars, hides curves.

/** How far a place is from an element's box; 0 inside. */
function distance(element, x, y) {
  const box = element.getBoundingClientRect();
  const across = Math.max(box.left - x, 0, x - box.right);
  const down = Math.max(box.top - y, 0, y - box.bottom);
  return Math.hypot(across, down);
}

const REACH = 40;

for (const chart of document.querySelectorAll(".chart")) {
  const tip = chart.querySelector(".tip");
  const marks = () =>
    [...chart.querySelectorAll("[data-tip]")].filter((mark) => !mark.closest(".off"));
  let pointed = null;

  const point = (mark) => {
    if (pointed) pointed.classList.remove("pointed");
    pointed = mark;
    tip.hidden = !mark;
    if (!mark) return;
    mark.classList.add("pointed");
    tip.textContent = mark.dataset.tip;
    const home = chart.getBoundingClientRect();
    const box = mark.getBoundingClientRect();
    const left = (box.left + box.right) / 2 - home.left - tip.offsetWidth / 2;
    const top = box.top - home.top - tip.offsetHeight - 8;
    tip.style.left = `${Math.min(Math.max(left, 0), Math.max(0, home.width - tip.offsetWidth))}px`;
    tip.style.top = `${top < 0 ? box.bottom - home.top + 8 : top}px`;
  };

  chart.addEventListener("pointermove", (event) => {
    let nearest = null;
    let least = REACH;
    for (const mark of marks()) {
      const away = distance(mark, event.clientX, event.clientY);
      if (away < least) [nearest, least] = [mark, away];
    }
    point(nearest);
  });
  chart.addEventListener("pointerleave", () => point(null));
  chart.addEventListener("blur", () => point(null));
  chart.addEventListener("keydown", (event) => {
    const all = marks();
    const now = all.indexOf(pointed);
    const moves = {
      ArrowRight: now + 1,
      ArrowLeft: now < 0 ? all.length - 1 : now - 1,
      Home: 0,
      End: all.length - 1,
    };
    if (event.key in moves) point(all[Math.min(Math.max(moves[event.key], 0), all.length - 1)]);
    else if (event.key === "Escape") point(null);
    else return;
    event.preventDefault();
  });
  for (const box of chart.parentElement.querySelectorAll("input[data-series]")) {
    box.addEventListener("change", () => {
      const group = chart.querySelector(`g[data-series="${box.dataset.series}"]`);
      group.classList.toggle("off", !box.checked);
      point(null);
    });
  }
}
root.dataset.ready = "true";
