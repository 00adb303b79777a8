// Asking the server.
//
// The window is told "reached" with every answer, "unreached" and why where there is none, and
// "refused" where the server wants a token.

const TOKEN = "vmafx-token";
export const GONE = "The server cannot be reached";

/** What the server says is wrong. */
export class Problem extends Error {
  constructor(status, { class: kind = "", message = "", hint = "" }) {
    super(message || `The server answered ${status}.`);
    this.status = status;
    this.kind = kind;
    this.hint = hint;
  }
}

/** Keep a token for as long as this tab is open. */
export function keepToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

export function hasToken() {
  return Boolean(sessionStorage.getItem(TOKEN));
}

export function authorization() {
  return hasToken() ? { Authorization: `Bearer ${sessionStorage.getItem(TOKEN)}` } : {};
}

/** The answer to a request; throws a `Problem`, or an Error where there is none. */
export async function ask(path, { headers = {}, ...options } = {}) {
  let answer;
  try {
    answer = await fetch(path, { ...options, headers: { ...authorization(), ...headers } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    window.dispatchEvent(new CustomEvent("unreached", { detail: GONE }));
    throw new Error(GONE);
  }
  window.dispatchEvent(new Event("reached"));
  if (answer.ok) return answer;
  if (answer.status === 401) window.dispatchEvent(new Event("refused"));
  throw new Problem(answer.status, await answer.json().catch(() => ({})));
}

/** The JSON that a request is answered with. */
export async function askJson(path, options) {
  return (await ask(path, options)).json();
}
