// Light, dark, paper; whoever draws with the page's colours listens to "recolour".

const root = document.documentElement;
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const recolour = () => window.dispatchEvent(new Event("recolour"));

document.getElementById("theme").addEventListener("click", () => {
  const now = root.dataset.theme || (dark.matches ? "dark" : "light");
  root.dataset.theme = now === "dark" ? "light" : "dark";
  recolour();
});
dark.addEventListener("change", recolour);
let themed = null;
window.addEventListener("beforeprint", () => {
  themed = root.dataset.theme;
  root.dataset.theme = "light";
  recolour();
});
window.addEventListener("afterprint", () => {
  if (themed) root.dataset.theme = themed;
  else delete root.dataset.theme;
  recolour();
});
