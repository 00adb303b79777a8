// JSON schemas, as people read them: a table of fields, and in it those of the objects inside.

import { element } from "./elements.js";

const KINDS = { integer: "whole number", string: "text", boolean: "true or false" };

/** A sentence in which `code` is marked. */
export function sentence(text = "") {
  return text.split("`").map((part, i) => (i % 2 ? element("code", {}, part) : part));
}

/** Shows schemas of a document. */
export class SchemaView {
  #schemas;

  constructor(document) {
    this.#schemas = document.components.schemas;
  }

  /** The fields of what a schema describes; its kind where it is no object. */
  show(schema) {
    const { name, inner } = this.#essence(schema);
    if (!inner?.properties) return element("p", {}, this.kind(schema));
    const { description, properties, allOf = [], additionalProperties: open = true } = inner;
    return element(
      "div",
      { class: "schema" },
      element("p", { class: "small" }, element("code", {}, name), ": ", sentence(description)),
      allOf.flatMap(({ anyOf = [] }) => alternatives(anyOf)),
      element(
        "dl",
        { class: "fields" },
        // Of requests, which hold nothing unknown, everything may be null.
        Object.entries(properties).flatMap(([field, of]) => this.#field(field, of, open)),
      ),
    );
  }

  /** What a value is, in words; that it may be null only where `nulls`. */
  kind(schema, nulls = true) {
    if (schema.$ref) return nameOf(schema.$ref);
    if (schema.contentSchema) return `events, each with ${this.kind(schema.contentSchema)}`;
    const words = schema.anyOf
      ? schema.anyOf.map((each) => this.kind(each))
      : [schema.type ?? "anything"].flat().map((kind) => this.#word(kind, schema));
    return words.filter((word) => nulls || word !== "null").join(" or ");
  }

  #word(kind, schema) {
    if (kind === "array") return `list of ${this.kind(schema.items)}`;
    if (kind === "null") return "null";
    if (kind === "object" && schema.additionalProperties) {
      return `object of ${this.kind(schema.additionalProperties)}`;
    }
    if (schema.enum) {
      return schema.enum.filter((each) => each !== null).map((each) => `"${each}"`).join(", ");
    }
    return schema.format === "date-time" ? "time" : (KINDS[kind] ?? kind);
  }

  /** The same, to be unfolded; nothing of what is no object. */
  folded(schema) {
    if (!this.#essence(schema).inner?.properties) return null;
    const details = element("details", {}, element("summary", {}, "Its fields"));
    // Made when it is opened, for objects may be in themselves.
    details.addEventListener("toggle", () => details.append(this.show(schema)), { once: true });
    return details;
  }

  #field(name, schema, nulls) {
    return [
      element(
        "dt",
        {},
        element("code", {}, name),
        " ",
        element("span", { class: "quiet small" }, this.kind(schema, nulls)),
      ),
      element("dd", {}, sentence(schema.description), this.folded(schema)),
    ];
  }

  /** The object that a value is, or that is listed in it, and what it is called. */
  #essence(schema) {
    if (schema.$ref) {
      const name = nameOf(schema.$ref);
      return { name, inner: this.#schemas[name] };
    }
    if (schema.anyOf) return this.#essence(schema.anyOf[0]);
    const held = schema.items ?? schema.contentSchema;
    return held ? this.#essence(held) : { name: "", inner: schema };
  }
}

function nameOf(reference) {
  return reference.split("/").pop();
}

function alternatives(choices) {
  const names = [...new Set(choices.flatMap(({ properties }) => Object.keys(properties)))];
  const text = `Only one of ${names.map((name) => `\`${name}\``).join(", ")} is there.`;
  return names.length ? [element("p", { class: "small" }, sentence(text))] : [];
}
