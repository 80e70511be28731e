import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./support/until.js";
import { World } from "./support/world.js";

const world = new World();

/** The part of a service worker's global scope that is replaced here. */
interface ServiceWorkerScope {
  clients: { matchAll(): Promise<unknown[]> };
}

test("the page obeys its policy, and a script that is not its own never runs", async () => {
  const alice = await world.person("alice");
  const refused = await alice.page.evaluate(async () => {
    const violations: string[] = [];
    document.addEventListener("securitypolicyviolation", (event) =>
      violations.push(event.effectiveDirective),
    );
    const script = document.createElement("script");
    try {
      script.textContent = "document.title = 'owned'";
      document.body.append(script);
    } catch {
      violations.push("script");
    }
    try {
      document.body.innerHTML = "<b>owned</b>";
    } catch {
      violations.push("html");
    }
    try {
      setTimeout("document.title = 'owned'");
    } catch {
      violations.push("text as code");
    }
    await new Promise((told) => setTimeout(told, 100));
    return violations;
  });
  for (const what of ["script", "html", "text as code"])
    assert.ok(refused.includes(what), what);
  assert.notEqual(await alice.page.title(), "owned");
});

test("files are compressed; those with a hash are kept, others asked for", async () => {
  const page = await fetch(world.url);
  const html = await page.text();
  assert.equal(page.headers.get("cache-control"), "no-cache");
  const script = /\/assets\/[^"]+\.js/.exec(html)![0];
  const reply = await fetch(`${world.url}${script}`, {
    headers: { "Accept-Encoding": "gzip, br" },
  });
  assert.equal(reply.headers.get("content-encoding"), "br");
  assert.match(reply.headers.get("cache-control")!, /immutable/);
  assert.match(reply.headers.get("vary")!, /Accept-Encoding/);
  const again = await fetch(`${world.url}${script}`, {
    headers: {
      "Accept-Encoding": "gzip, br",
      "If-None-Match": reply.headers.get("etag")!,
    },
  });
  assert.equal(again.status, 304);
  for (const path of ["/assets", "/assets/", "/assets/../index.html/x"])
    assert.equal((await fetch(`${world.url}${path}`)).status, 404);
});

test("what comes while nobody looks is notified, and else it is not", async () => {
  const alice = await world.person("alice", { permissions: ["notifications"] });
  const bob = await world.person("bob");
  const carol = await world.person("carol");
  const { page, context } = alice;
  for (const other of [bob, carol]) {
    await other.writeTo(alice.user);
    await other.send("hello");
    await alice.entry(other.user).waitFor();
  }
  await page.getByRole("button", { name: "Settings", exact: true }).click();
  await page.getByRole("switch", { name: "Notify me while" }).check();
  await page.keyboard.press("Escape");
  const worker =
    context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));

  // A browser that is driven hides no tab, so this one only thinks it is
  // hidden; the worker sees a page in view and stays silent.
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { get: () => true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await carol.send("not notified");
  await alice.entry(carol.user).getByText("2 unread messages").waitFor();
  await worker.evaluate(() => {
    const { clients } = globalThis as unknown as ServiceWorkerScope;
    clients.matchAll = () => Promise.resolve([]);
  });
  await bob.send("notified");
  const notices = () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      const all = await registration.getNotifications();
      return all.map(({ title, body }) => `${title}: ${body}`);
    });
  await until("it is notified", async () => (await notices()).length > 0);
  assert.deepEqual(await notices(), [`${bob.user}: notified`]);
});
