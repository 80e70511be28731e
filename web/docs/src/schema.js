import { html, line } from "./html.js";

const nameOf = (schema) => schema.$ref?.split("/").at(-1);

/** The one that a description was added to. */
function plain(schema) {
  if (schema.allOf?.length !== 1) return schema;
  return { ...schema.allOf[0], description: schema.description };
}

function typeOf(given) {
  const schema = plain(given);
  const name = nameOf(schema);
  if (name) return html`<a href="#schema-${name}">${name}</a>`;
  if ("const" in schema)
    return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema["x-enumDescriptions"]) return "one of";
  if (schema.enum)
    return schema.enum.map(
      (x, i) => html`${i > 0 && " or "}<code>${JSON.stringify(x)}</code>`,
    );
  if (schema.type === "array") return html`list of ${typeOf(schema.items)}`;
  if (schema.additionalProperties)
    return html`object of ${typeOf(schema.additionalProperties)}`;
  if (schema.oneOf && !schema.type)
    return schema.oneOf.map((x, i) => html`${i > 0 && " or "}${typeOf(x)}`);
  return [schema.type ?? "anything"].flat().join(" or ");
}

const count = (n) =>
  n === 9007199254740992 ? "2⁵³" : n.toLocaleString("en-US");

function range(least, most, unit) {
  if (least === undefined && most === undefined) return undefined;
  if (most === undefined) return `from ${count(least)}${unit}`;
  if (least === undefined) return `at most ${count(most)}${unit}`;
  return least === most
    ? `${count(least)}${unit}`
    : `${count(least)} to ${count(most)}${unit}`;
}

/** What a value has to fulfil beside its type. */
function limits(schema) {
  const bytes = schema["x-bytes-max"] !== undefined;
  const found = [
    range(schema.minimum, schema.maximum, ""),
    bytes
      ? range(schema["x-bytes-min"], schema["x-bytes-max"], " bytes")
      : range(schema.minLength, schema.maxLength, " characters"),
    range(schema.minItems, schema.maxItems, " items"),
    range(schema.minProperties, schema.maxProperties, " members"),
    schema.default !== undefined && `${schema.default} by default`,
  ].filter(Boolean);
  // What forbids characters is said in words; names are shown as they are.
  const pattern = schema.pattern?.includes("\\u") ? undefined : schema.pattern;
  return html`${found.length > 0 && html` <span class="limit">${found.join(", ")}</span>`}
  ${pattern && html` <code class="limit">${pattern}</code>`}`;
}

function descriptions(values) {
  if (!values) return "";
  const rows = Object.entries(values).map(
    ([value, text]) =>
      html`<dt><code>${value}</code></dt>
        <dd>${line(text)}</dd>`,
  );
  return html`<dl class="values">${rows}</dl>`;
}

function alternatives({ oneOf = [] }) {
  const names = oneOf.map((x) => x.required?.[0]);
  if (names.length < 2 || names.includes(undefined)) return "";
  const list = names.map((x, i) => html`${i > 0 && " and "}<code>${x}</code>`);
  return html`<p>Exactly one of ${list}.</p>`;
}

/** A member of an object: its name, type, limits and what it is. */
export function member(name, given, required) {
  const schema = plain(given);
  const inner = schema.type === "array" ? plain(schema.items) : schema;
  return html`<li>
    <div>
      <code class="name">${name}</code
      >${!required && html`<span class="optional">optional</span>`}
      <span class="type">${typeOf(given)}</span>${limits(schema)}
    </div>
    ${schema.description && html`<div class="about">${line(schema.description)}</div>`}
    ${descriptions(schema["x-enumDescriptions"])}
    ${inner.properties && members(inner)}
  </li>`;
}

/** The members of an object. */
export function members(schema) {
  const { properties = {}, required = [] } = schema;
  const list = Object.entries(properties).map(([name, x]) =>
    member(name, x, required.includes(name)),
  );
  return html`<ul class="members">
      ${list}
    </ul>
    ${alternatives(schema)}`;
}

/** A schema where it is used: its members, or a link to it. */
export function shape(schema) {
  return schema.properties
    ? members(schema)
    : html`<p class="type">${typeOf(schema)}</p>`;
}

/** The schemas that have names, which the others refer to. */
export function namedSchemas(schemas) {
  const list = Object.entries(schemas).map(
    ([name, schema]) =>
      html`<section class="schema" id="schema-${name}">
        <h3>${name}</h3>
        ${schema.description && html`<p>${line(schema.description)}</p>`}
        ${
          schema.properties
            ? members(schema)
            : html`<p>
                <span class="type">${typeOf(schema)}</span>${limits(schema)}
              </p>`
        }
      </section>`,
  );
  return html`<section id="schemas">
    <h2>Schemas</h2>
    ${list}
  </section>`;
}
