// What both pages have: the chosen theme, the token's form, the word that the server is gone.

import "./theme.js";
import { hasToken, keepToken } from "./api.js";
import { element } from "./elements.js";

const THEME = "vmafx-theme";
const root = document.documentElement;

const kept = localStorage.getItem(THEME);
if (kept) root.dataset.theme = kept;
document.getElementById("theme").addEventListener("click", () => {
  localStorage.setItem(THEME, root.dataset.theme);
});

const lost = document.getElementById("lost");
window.addEventListener("unreached", ({ detail }) => {
  lost.textContent = `${detail}. This page goes on as soon as it can.`;
  lost.hidden = false;
});
window.addEventListener("reached", () => {
  lost.hidden = true;
});

const form = document.getElementById("token");

/** Ask for a token whenever the server wants one, and do `again` when it is given. */
export function askForToken(again) {
  const field = element("input", {
    type: "password",
    id: "token-field",
    autocomplete: "off",
    spellcheck: "false",
    required: true,
  });
  const complaint = element("p", { class: "missed small", role: "alert" });
  const send = (event) => {
    event.preventDefault();
    keepToken(field.value.trim());
    form.hidden = true;
    again();
  };
  form.replaceChildren(
    element(
      "form",
      { onsubmit: send },
      element("h2", {}, "This server wants a token"),
      element(
        "p",
        { class: "quiet small" },
        "Whoever runs it makes one with ",
        element("code", {}, "vmafx daemon token"),
        ". It is kept until this tab is closed.",
      ),
      element(
        "div",
        { class: "controls" },
        element("label", { for: "token-field" }, "Token"),
        field,
        element("button", { class: "primary" }, "Use it"),
      ),
      complaint,
    ),
  );
  window.addEventListener("refused", () => {
    if (!form.hidden) return;
    complaint.textContent = hasToken() ? "The server does not know that token." : "";
    field.value = "";
    form.hidden = false;
    field.focus();
  });
}
