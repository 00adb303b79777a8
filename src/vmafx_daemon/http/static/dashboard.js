// The page of jobs: which view is shown, by the part of the address behind #.

import { askForToken } from "./shell.js";
import { JobList } from "./job_list.js";
import { JobPage } from "./job_page.js";
import { ServerStatus } from "./server_status.js";

const main = document.getElementById("main");
const status = new ServerStatus(document.getElementById("server"));
let view = null;

function show() {
  view?.close();
  const place = new URL(location.hash.slice(1) || "/", location.origin);
  const [, job] = place.pathname.match(/^\/jobs\/([^/]+)$/) ?? [];
  if (job) {
    view = new JobPage(decodeURIComponent(job));
  } else {
    document.title = "Jobs · vmafx";
    const given = (name) => place.searchParams.get(name) ?? "";
    const [state, label, text, page] = ["state", "label", "text", "page"].map(given);
    view = new JobList({ state, label, text, page });
  }
  main.replaceChildren(...view.nodes);
}

window.addEventListener("hashchange", () => {
  show();
  window.scrollTo(0, 0);
  main.focus({ preventScroll: true });
});
askForToken(() => {
  status.refresh();
  show();
});
status.refresh();
show();
