import { follow } from "./document.js";
import { html, line, prose } from "./html.js";
import { example, folded, page } from "./page.js";
import { member, namedSchemas, shape } from "./schema.js";

const METHODS = ["get", "put", "post", "patch", "delete"];

function operationsOf(document) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({
      ...item[method],
      path,
      method: method.toUpperCase(),
      parameters: [
        ...(item.parameters ?? []),
        ...(item[method].parameters ?? []),
      ].map((x) => follow(document, x)),
    })),
  );
}

function examplesOf({ examples = {} }, open) {
  return Object.entries(examples).map(([name, x], i) =>
    example(name, x.summary, x.value, open && i === 0),
  );
}

function parameters(list) {
  if (list.length === 0) return "";
  const row = ({ name, description, required, schema, in: place }) =>
    member(
      name,
      { ...schema, description: `In the ${place}. ${description ?? ""}` },
      required,
    );
  return html`<h4>Parameters</h4>
    <ul class="members">
      ${list.map(row)}
    </ul>`;
}

function request({ requestBody }) {
  if (!requestBody) return "";
  const content = requestBody.content["application/json"];
  return html`<h4>Request</h4>
    ${shape(content.schema)}${examplesOf(content, true)}`;
}

function response(document, status, given) {
  const { description, content = {} } = follow(document, given);
  const [type, value] = Object.entries(content)[0] ?? [];
  const known = status !== "default";
  const kind = known ? `s${status[0]}` : "s5";
  const what = html`<span class="status ${kind}"
      >${known ? status : "else"}</span
    >
    ${line(description)}`;
  if (!value) return html`<p class="bare">${what}</p>`;
  const body = html`<p class="media"><code>${type}</code></p>
    ${shape(value.schema)}${examplesOf(value, false)}`;
  return folded(what, body);
}

function operation(document, x) {
  const open = x.security?.length === 0;
  return html`<section class="operation" id="${x.operationId}">
    <h3>${x.summary}</h3>
    <p class="address">
      <span class="badge ${x.method.toLowerCase()}">${x.method}</span>
      <code>${x.path}</code
      >${open && html`<span class="limit">without a token</span>`}
    </p>
    ${x.description && prose(x.description)} ${parameters(x.parameters)}
    ${request(x)}
    <h4>Answers</h4>
    <div class="answers">
      ${Object.entries(x.responses).map(([status, r]) => response(document, status, r))}
    </div>
  </section>`;
}

/** The page of an OpenAPI document. */
export function httpPage(document) {
  const operations = operationsOf(document);
  const tagged = document.tags.map((tag) => ({
    ...tag,
    anchor: `tag-${tag.name.toLowerCase()}`,
    operations: operations.filter((x) => x.tags.includes(tag.name)),
  }));
  const groups = tagged.map((tag) => ({
    title: tag.name,
    anchor: tag.anchor,
    links: tag.operations.map((x) => ({
      label: x.summary,
      badge: x.method,
      to: x.operationId,
    })),
  }));
  const sections = tagged.map(
    (tag) =>
      html`<section id="${tag.anchor}">
        <h2>${tag.name}</h2>
        <p>${line(tag.description)}</p>
        ${tag.operations.map((x) => operation(document, x))}
      </section>`,
  );
  const body = html`<h1>${document.info.title}</h1>
    <p class="source">
      The same for programs: <a href="/docs/openapi.yaml">openapi.yaml</a>
    </p>
    ${prose(document.info.description)}${sections}${namedSchemas(document.components.schemas)}`;
  const last = { title: "Schemas", anchor: "schemas" };
  return page("/docs/http", document.info.title, [...groups, last], body);
}
