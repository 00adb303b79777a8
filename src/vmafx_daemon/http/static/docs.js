// The page about what can be asked for: the OpenAPI document, as people read it.

import { askForToken } from "./shell.js";
import { askJson } from "./api.js";
import { quoted } from "./command.js";
import { copyable, element } from "./elements.js";
import { SchemaView, sentence } from "./schema_view.js";

const main = document.getElementById("main");

/** A line that asks for an operation from a terminal. */
function curl(path, method, { requestBody, responses }) {
  const [answer] = Object.values(responses);
  const words = ["curl"];
  words.push("text/event-stream" in (answer.content ?? {}) ? "-sN" : "-s");
  const example = requestBody?.content["application/json"].example;
  if (method !== "get" && !example) words.push("-X", method.toUpperCase());
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => name.toUpperCase());
  words.push(quoted(location.origin + filled));
  if (example) words.push("-d", quoted(JSON.stringify(example)));
  return words.join(" ");
}

function parameterTable(parameters, schemas) {
  const rows = parameters.flatMap(({ name, in: place, description, schema }) => [
    element(
      "dt",
      {},
      element("code", {}, name),
      " ",
      element("span", { class: "quiet small" }, `${schemas.kind(schema)}, in the ${place}`),
    ),
    element("dd", {}, sentence(description)),
  ]);
  if (!rows.length) return null;
  return [element("h4", {}, "Parameters"), element("dl", { class: "fields" }, rows)];
}

function answers(responses, schemas) {
  const good = Object.entries(responses).filter(([status]) => status < 400);
  const bad = Object.entries(responses).filter(([status]) => status >= 400);
  const line = ([status, { description }]) => [
    element("dt", {}, status),
    element("dd", {}, sentence(description)),
  ];
  const described = good.flatMap(([status, { description, content = {} }]) => [
    element("h4", {}, `Answer ${status}`),
    ...Object.entries(content).flatMap(([media, { schema }]) => [
      element(
        "p",
        {},
        schemas.kind(schema),
        element("span", { class: "quiet small" }, ` as ${media}`),
      ),
      schemas.folded(schema),
    ]),
    !Object.keys(content).length && element("p", {}, sentence(description)),
  ]);
  const errors = element(
    "details",
    {},
    element("summary", {}, "Errors"),
    element("p", { class: "small" }, "Each is a problem document: class, message and hint."),
    element("dl", { class: "done" }, bad.flatMap(line)),
  );
  return bad.length ? [described, errors].flat() : described;
}

function operationSection(path, method, operation, schemas) {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  const body = requestBody && [
    element("h4", {}, "Body"),
    schemas.show(requestBody.content["application/json"].schema),
  ];
  return element(
    "section",
    { id: operationId },
    element(
      "h3",
      {},
      element("span", { class: `method is-${method}` }, method.toUpperCase()),
      element("code", {}, path),
    ),
    element("p", {}, sentence(summary)),
    description && element("p", { class: "quiet small" }, sentence(description)),
    copyable(curl(path, method, operation)),
    parameterTable(parameters, schemas),
    body,
    answers(responses, schemas),
  );
}

function contents(groups) {
  const links = groups.flatMap(([name, operations]) => [
    element("h2", {}, name),
    element(
      "ul",
      {},
      operations.map(({ path, method, operation }) =>
        element(
          "li",
          {},
          element(
            "a",
            { href: `#${operation.operationId}`, title: operation.summary },
            element("span", { class: `method is-${method}` }, method.toUpperCase()),
            path,
          ),
        ),
      ),
    ),
  ]);
  return element("nav", { class: "contents", "aria-label": "Operations" }, links);
}

function introduction({ info }) {
  const paragraphs = info.description.trim().split("\n\n");
  return element(
    "section",
    {},
    element("h2", {}, `${info.title} ${info.version}`),
    paragraphs.map((text) => element("p", {}, sentence(text.replaceAll("\n", " ")))),
    element(
      "p",
      {},
      "Where the server has tokens, send one with each request: ",
      element("code", {}, 'curl -H "Authorization: Bearer $TOKEN"'),
      ". Programs read ",
      element("a", { href: "/openapi.json" }, "the OpenAPI document"),
      ".",
    ),
  );
}

async function show() {
  try {
    const description = await askJson("/openapi.json");
    const schemas = new SchemaView(description);
    const all = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
    const groups = description.tags.map(({ name }) => [
      name,
      all.filter(({ operation }) => operation.tags.includes(name)),
    ]);
    const sections = groups.flatMap(([, operations]) =>
      operations.map((each) => operationSection(each.path, each.method, each.operation, schemas)),
    );
    main.replaceChildren(
      contents(groups),
      element("div", {}, introduction(description), sections),
    );
    document.getElementById(location.hash.slice(1))?.scrollIntoView();
  } catch (error) {
    main.replaceChildren(element("p", { class: "missed" }, error.message));
  }
}

askForToken(show);
show();
