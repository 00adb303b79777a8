// Making elements. All text of jobs goes in as text, never as markup.

/** An element; attributes that begin with "on" are listeners, those that are false are left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child != null && child !== false));
  return made;
}

/** A list of terms and what is said of them. */
export function lines(pairs) {
  const parts = pairs.flatMap(([term, words]) => [
    element("dt", {}, term),
    element("dd", {}, words),
  ]);
  return element("dl", { class: "done" }, parts);
}

/** The colour of a distorted video, by its position. */
export function swatch(index) {
  return element("i", { class: `swatch line-${index % 8}`, "aria-hidden": "true" });
}

/** Text to be taken into a terminal, which is in one line or well broken, and a button to copy it. */
export function copyable(text) {
  const button = element("button", { type: "button" }, "Copy");
  button.addEventListener("click", async () => {
    // Only pages with TLS or on this machine may write to the clipboard.
    await navigator.clipboard?.writeText(text);
    button.textContent = navigator.clipboard ? "Copied" : "Select the text to copy it";
  });
  return element(
    "div",
    { class: "copyable" },
    element("pre", { tabindex: "0", class: text.includes("\n") && "broken" }, element("code", {}, text)),
    button,
  );
}
