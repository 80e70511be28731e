import { html, line, prose } from "./html.js";
import { example, page } from "./page.js";
import { namedSchemas, shape } from "./schema.js";

const keyOf = ({ $ref }) => $ref.split("/").at(-1);

function examplesOf({ examples = [] }) {
  return examples.map(({ name, summary, payload }, i) =>
    example(name, summary, payload, i === 0),
  );
}

function message(document, key) {
  const x = document.components.messages[key];
  return html`<section class="message" id="message-${key}">
    <h3>${x.title} <code>${x.payload.properties.t.const}</code></h3>
    <p>${line(x.summary)}</p>
    ${x.description && prose(x.description)} ${shape(x.payload)}${examplesOf(x)}
    ${answers(document, key)}
  </section>`;
}

/** What a request is answered with. */
function answers(document, key) {
  const asking = Object.values(document.operations).find(
    (x) => x.reply && x.messages.some((m) => keyOf(m) === key),
  );
  if (!asking) return "";
  const links = asking.reply.messages
    .map(keyOf)
    .map(
      (to, i) =>
        html`${i > 0 && " or "}<a href="#message-${to}"
            >${document.components.messages[to].title}</a
          >`,
    );
  return html`<p>Answered with ${links}.</p>`;
}

function closeCodes(list) {
  const rows = list.map(
    ({ code, meaning, client }) =>
      html`<tr>
        <td><code>${code}</code></td>
        <td>${line(meaning)}</td>
        <td>${line(client)}</td>
      </tr>`,
  );
  return html`<section id="close-codes">
    <h2>Close codes</h2>
    <div class="scroll" tabindex="0">
      <table>
        <thead>
          <tr>
            <th>Code</th>
            <th>Meaning</th>
            <th>The client</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** Messages by who says them, and when. */
function groupsOf(document) {
  const all = Object.values(document.operations);
  const unique = (keys) => [...new Set(keys)];
  const asked = all.filter((x) => x.action === "receive");
  const told = all.filter((x) => x.action === "send");
  return [
    {
      title: "What clients say",
      anchor: "requests",
      keys: asked.flatMap((x) => x.messages.map(keyOf)),
    },
    {
      title: "Replies",
      anchor: "replies",
      keys: unique(asked.flatMap((x) => x.reply?.messages.map(keyOf) ?? [])),
    },
    ...told.map((x, i) => ({
      title: x.summary,
      anchor: `events-${i + 1}`,
      keys: x.messages.map(keyOf),
    })),
  ];
}

/** The page of an AsyncAPI document. */
export function websocketPage(document) {
  const channel = document.channels.session;
  const grouped = groupsOf(document);
  const sections = grouped.map(
    ({ title, anchor, keys }) =>
      html`<section id="${anchor}">
        <h2>${title}</h2>
        ${keys.map((key) => message(document, key))}
      </section>`,
  );
  const contents = grouped.map(({ title, anchor, keys }) => ({
    title,
    anchor,
    links: keys.map((key) => ({
      label: document.components.messages[key].title,
      to: `message-${key}`,
    })),
  }));
  const body = html`<h1>${document.info.title}</h1>
    <p class="source">
      The same for programs: <a href="/docs/asyncapi.yaml">asyncapi.yaml</a>
    </p>
    <p class="address">
      <span class="badge get">GET</span> <code>${channel.address}</code>
    </p>
    <p>${line(channel.description)}</p>
    ${prose(document.info.description)}${sections}
    ${closeCodes(channel["x-close-codes"])}${namedSchemas(document.components.schemas)}`;
  const more = [
    { title: "Close codes", anchor: "close-codes" },
    { title: "Schemas", anchor: "schemas" },
  ];
  return page(
    "/docs/websocket",
    document.info.title,
    [...contents, ...more],
    body,
  );
}
