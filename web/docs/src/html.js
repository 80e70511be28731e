/** Text that is HTML already. */
class Html {
  constructor(text) {
    this.text = text;
  }
}

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text) =>
  String(text).replaceAll(/[&<>"]/g, (x) => ENTITIES[x]);

function rendered(value) {
  if (Array.isArray(value)) return value.map(rendered).join("");
  if (value instanceof Html) return value.text;
  return value === undefined || value === null || value === false
    ? ""
    : escaped(value);
}

/** HTML with values in it, which are escaped unless they are HTML. */
export const html = ({ raw }, ...values) =>
  new Html(String.raw({ raw }, ...values.map(rendered)));

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*/g;

/** A line of the documents' Markdown: code and emphasis. */
export function line(text = "") {
  const parts = [];
  let end = 0;
  for (const { 0: all, 1: code, 2: strong, 3: soft, index } of text.matchAll(
    INLINE,
  )) {
    parts.push(text.slice(end, index));
    if (code)
      parts.push(
        /^[\w]+\.yaml$/.test(code) ? link(code) : html`<code>${code}</code>`,
      );
    if (strong) parts.push(html`<strong>${strong}</strong>`);
    if (soft) parts.push(html`<em>${soft}</em>`);
    end = index + all.length;
  }
  return html`${[...parts, text.slice(end)]}`;
}

const link = (file) => html`<a href="/docs/${file}"><code>${file}</code></a>`;

/** Paragraphs and lists of the documents' Markdown. */
export function prose(text = "") {
  const blocks = text.trim().split(/\n\s*\n/);
  return blocks.map((block) => {
    if (!block.startsWith("- ")) return html`<p>${line(block)}</p>`;
    const items = block.slice(2).split(/\n- /);
    return html`<ul>
      ${items.map((x) => html`<li>${line(x)}</li>`)}
    </ul>`;
  });
}

/** JSON as a person would lay it out: what is short stays on one line. */
function laidOut(value, indent) {
  const flat = flatJson(value);
  if (value === null || typeof value !== "object") return flat;
  if (flat.length + indent.length <= 72) return flat;
  const inner = `${indent}  `;
  const list = Array.isArray(value);
  const items = list
    ? value.map((x) => inner + laidOut(x, inner))
    : Object.entries(value).map(
        ([key, x]) => `${inner}${JSON.stringify(key)}: ${laidOut(x, inner)}`,
      );
  const [open, close] = list ? "[]" : "{}";
  return `${open}\n${items.join(",\n")}\n${indent}${close}`;
}

function flatJson(value) {
  if (Array.isArray(value)) return `[${value.map(flatJson).join(", ")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, x]) => `${JSON.stringify(key)}: ${flatJson(x)}`,
  );
  return members.length > 0 ? `{ ${members.join(", ")} }` : "{}";
}

const TOKEN = /("(?:[^"\\]|\\.)*")(:?)|-?\d[\d.]*|true|false|null/g;

export function json(value) {
  const text = laidOut(value, "");
  const parts = [];
  let end = 0;
  for (const { 0: all, 1: quoted, 2: colon, index } of text.matchAll(TOKEN)) {
    const kind = colon ? "key" : quoted ? "text" : "value";
    parts.push(text.slice(end, index));
    parts.push(html`<span class="${kind}">${quoted ?? all}</span>${colon}`);
    end = index + all.length;
  }
  return html`<pre
    tabindex="0"
  ><code>${[...parts, text.slice(end)]}</code></pre>`;
}
