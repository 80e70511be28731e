import { html, json } from "./html.js";

const PAGES = [
  ["/docs", "Overview"],
  ["/docs/http", "HTTP"],
  ["/docs/websocket", "WebSocket"],
];

function contents(groups) {
  return groups.map(
    ({ title, anchor, links = [] }) =>
      html`<li>
        <a href="#${anchor}">${title}</a>
        ${
          links.length > 0 &&
          html`<ul>
            ${links.map(
              ({ label, badge, to }) =>
                html`<li>
                  <a href="#${to}"
                    >${label}${badge && html`<span class="badge ${badge.toLowerCase()}">${badge}</span>`}</a
                  >
                </li>`,
            )}
          </ul>`
        }
      </li>`,
  );
}

/**
 * A whole page, without a script or a style in it.
 * @param {string} address of it
 * @param {string} title
 * @param {object[]} groups of its contents
 * @param {object} body
 */
export function page(address, title, groups, body) {
  const pages = PAGES.map(
    ([to, name]) =>
      html`<a href="${to}" ${to === address && html` aria-current="page"`}
        >${name}</a
      >`,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Parley</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/docs/style.css" />
      </head>
      <body>
        <a class="skip" href="#content">To the content</a>
        <header>
          <a class="brand" href="/docs">Parley <span>protocol 1</span></a>
          <nav aria-label="Pages">${pages}</nav>
        </header>
        <div class="columns">
          ${
            groups.length > 0 &&
            html`<nav class="contents" aria-label="Contents">
              <details class="small">
                <summary>Contents</summary>
                <ul>
                  ${contents(groups)}
                </ul>
              </details>
              <ul class="large">
                ${contents(groups)}
              </ul>
            </nav>`
          }
          <main id="content">${body}</main>
        </div>
      </body>
    </html> `.text;
}

/** What is folded away behind a label. */
export function folded(label, content, open = false) {
  return html`<details${open && html` open`}><summary>${label}</summary>${content}</details>`;
}

/** An example, by its summary or else its name. */
export function example(name, summary, value, open) {
  const words = name.replaceAll("_", " ");
  const title = words[0].toUpperCase() + words.slice(1);
  return folded(summary ?? title, json(value), open);
}
