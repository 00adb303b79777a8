// Asking whether something is meant.

import { element } from "./elements.js";

/** Whether the reader agrees; what is in focus before gets the focus back. */
export function agreed(question, explanation, yes, no) {
  return new Promise((answer) => {
    const dialog = element(
      "dialog",
      { "aria-labelledby": "question" },
      element(
        "form",
        { method: "dialog" },
        element("h2", { id: "question" }, question),
        element("p", {}, explanation),
        element(
          "div",
          { class: "controls" },
          element("button", { value: "", autofocus: true }, no),
          element("button", { value: "yes", class: "danger" }, yes),
        ),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      answer(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
