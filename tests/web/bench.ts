/** Measures the web client as a person feels it. Run by bench/web.sh. */
import type { Page } from "playwright-core";
import { Server } from "parley-testing";
import { directConversation } from "../../web/client/src/names.js";
import { launch } from "./support/browser.js";
import { PASSWORD, Person } from "./support/person.js";
import { manyBodies, seed } from "./support/seed.js";

const MESSAGES = 10_000;
const SENDS = 100;
const LOADS = 10;

const server = await Server.start({ limits: { sends_per_s: 0 } });
const browser = await launch();
const { url } = server;

function say(what: string, value: string): void {
  console.log(`${what.padEnd(58)} ${value}`);
}

function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number) =>
    Math.round(sorted[Math.floor((sorted.length - 1) * part)]!);
  return `median ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms`;
}

async function measureSizes(): Promise<void> {
  const html = await (await fetch(url)).text();
  for (const [path] of html.matchAll(/\/assets\/[^"]+/g))
    for (const encoding of ["identity", "gzip", "br"]) {
      const headers = { "Accept-Encoding": encoding, connection: "close" };
      const reply = await fetch(`${url}${path}`, { method: "HEAD", headers });
      const kind = path.endsWith(".js") ? "JavaScript" : "style sheet";
      const bytes = Number(reply.headers.get("content-length"));
      say(`${kind}, ${encoding}`, `${(bytes / 1024).toFixed(1)} KiB`);
    }
}

function firstPaint(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const name = "first-contentful-paint";
    for (;;) {
      const [paint] = performance.getEntriesByName(name);
      if (paint) return paint.startTime;
      await new Promise((later) => setTimeout(later, 10));
    }
  });
}

async function measurePaint(): Promise<void> {
  const paints: number[] = [];
  for (let i = 0; i < LOADS; ++i) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url, { waitUntil: "commit" });
    paints.push(await firstPaint(page));
    await context.close();
  }
  say("first paint, nothing cached", spread(paints));
}

/** Keeps how long each long task of a page was. */
async function watchTasks(page: Page): Promise<() => Promise<string>> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(globalThis, { tasks });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) tasks.push(entry.duration);
    }).observe({ type: "longtask" });
  });
  return async () => {
    const tasks = await page.evaluate(
      () => (globalThis as unknown as { tasks: number[] }).tasks.splice(0),
    );
    const most = Math.round(Math.max(0, ...tasks));
    return `${tasks.length} over 50 ms, the longest ${most} ms`;
  };
}

async function measureSends(alice: Person, bob: Person): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < SENDS; ++i) {
    const text = `measured ${i}.`;
    const shown = bob.page.evaluate(
      (text) =>
        new Promise<number>((done) => {
          const look = () => {
            const all = document.querySelectorAll(".message .body");
            if (all[all.length - 1]?.textContent !== text) return;
            observer.disconnect();
            // After the frame in which it is drawn.
            requestAnimationFrame(() => {
              const channel = new MessageChannel();
              channel.port1.onmessage = () =>
                done(performance.timeOrigin + performance.now());
              channel.port2.postMessage(undefined);
            });
          };
          const observer = new MutationObserver(look);
          observer.observe(document.body, { childList: true, subtree: true });
        }),
      text,
    );
    await alice.field.fill(text);
    const sent = await alice.page.evaluate(() => {
      const now = performance.timeOrigin + performance.now();
      document.querySelector<HTMLFormElement>(".composer")!.requestSubmit();
      return now;
    });
    times.push((await shown) - sent);
  }
  say("from sending to drawn in the other browser", spread(times));
}

async function measureLongText(alice: Person, bob: Person): Promise<void> {
  const texts = {
    letters: "Twinkle, twinkle, little bat! ".repeat(4000).slice(0, 100_000),
    emoji: "🦜".repeat(100_000),
  };
  for (const [name, text] of Object.entries(texts)) {
    await alice.field.evaluate((field: HTMLTextAreaElement, value: string) => {
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }, text);
    await alice.page.getByText("100,000 of 100,000").waitFor();
    const sending = await watchTasks(alice.page);
    const showing = await watchTasks(bob.page);
    const before = await bob.page.locator(".unfold").count();
    await alice.field.press("Enter");
    await bob.page.locator(".unfold").nth(before).waitFor();
    const waiting = alice.page.locator(".mark-pending");
    await waiting.waitFor({ state: "detached" });
    say(`100,000 ${name}, long tasks of the sender`, await sending());
    say(`100,000 ${name}, long tasks of the reader`, await showing());
  }
}

async function measureHistory(alice: Person, bob: Person): Promise<void> {
  const conv = directConversation(alice.user, bob.user);
  await bob.page.goto("about:blank");
  const login = { user: alice.user, password: PASSWORD };
  await seed(url, login, conv, manyBodies(MESSAGES));
  await bob.page.goto(`${url}/#/c/${conv}`);
  await bob.sees(`#${MESSAGES} `);
  const tasks = await watchTasks(bob.page);
  const began = performance.now();
  const frames: number[] = [];
  for (let done = false; !done; ) {
    const some = await bob.page.evaluate(async () => {
      const scroller = document.querySelector(".scroller")!;
      const times: number[] = [];
      for (let i = 0; i < 100; ++i) {
        const before = performance.now();
        scroller.scrollBy(0, -600);
        await new Promise((drawn) => requestAnimationFrame(drawn));
        times.push(performance.now() - before);
      }
      return times;
    });
    frames.push(...some);
    done = await bob.page.evaluate(() => {
      const { scrollTop, clientHeight, scrollHeight } =
        document.querySelector(".scroller")!;
      const isAtTop = clientHeight - scrollTop >= scrollHeight - 1;
      const isLoading = document.querySelector(".scroller .spinner") !== null;
      return isAtTop && !isLoading;
    });
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  say(`${MESSAGES} messages loaded and scrolled through in`, `${seconds} s`);
  say("a frame of that", spread(frames));
  say("long tasks of that", await tasks());
  await bob.page.reload();
  await bob.sees(`#${MESSAGES} `);
  const painted = await firstPaint(bob.page);
  say("first paint with that open, signed in", `${Math.round(painted)} ms`);
}

try {
  await measureSizes();
  await measurePaint();
  const alice = await Person.registered(browser, url, "alice");
  const bob = await Person.registered(browser, url, "bob");
  await alice.writeTo("bob");
  await alice.send("hello");
  await bob.open("alice");
  await bob.sees("hello");
  await measureSends(alice, bob);
  await measureLongText(alice, bob);
  await measureHistory(alice, bob);
} finally {
  await browser.close();
  await server.remove();
}
