import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./support/until.js";
import { World } from "./support/world.js";

const world = new World();

const texts = {
  script: `<script>document.title="owned"</script>`,
  image: `<img src=x onerror="document.title='owned'">`,
  svg: `<svg onload=alert(1)><a href="javascript:alert(1)">x</a></svg>`,
  link: "javascript:alert(1) data:text/html,<script>alert(1)</script>",
  template: "{{constructor.constructor('alert(1)')()}} ${alert(1)} <!-- -->",
  override: "\u202Egnp.exe\u202E\u2067evil \u2066",
  nul: "back\bspace \u001B[31mred \u0007bell \u200B\uFEFF",
  zalgo: "Z" + "\u0300\u0301\u0302\u0334\u0489".repeat(60) + "algo",
  wide: "﷽".repeat(200),
  long: "W".repeat(900),
  lines: "\n\n\nthree lines\n\n\nabove and below\n\n",
};

test("hostile text is shown as the text that it is, and as nothing else", async () => {
  const alice = await world.person("alice", { name: texts.image.slice(0, 60) });
  const bob = await world.person("bob", { name: "بوب <b>" });
  for (const person of [alice, bob])
    person.page.on("dialog", () => person.complaints.push("a dialog"));
  await alice.writeTo(bob.user);
  for (const [name, text] of Object.entries(texts)) {
    await alice.send(`a ${name}: ${text}`);
    await alice.marked(`a ${name}:`, "sent");
  }
  await bob.page.locator(".entry-link").first().click();
  for (const [name, text] of Object.entries(texts)) {
    const body = bob.message(`a ${name}:`).locator(".body");
    assert.equal(await body.textContent(), `a ${name}: ${text}`.trimEnd());
    assert.equal(await body.locator("script, img, svg, a").count(), 0);
  }
  assert.equal(await bob.page.title(), "Parley");
  const { scrollWidth, clientWidth } = await bob.page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return { scrollWidth, clientWidth };
  });
  assert.equal(scrollWidth, clientWidth, "nothing is wider than the page");
  alice.checkNoComplaints();
  bob.checkNoComplaints();
});

test("what a text says of directions does not leave it", async () => {
  const alice = await world.person("alice", { name: "אליס" });
  const bob = await world.person("bob");
  await alice.writeTo(bob.user);
  await alice.send(texts.override);
  await bob.page.locator(".entry-link").first().click();
  await bob.page.locator(".message .body").first().waitFor();
  const isolated = await bob.page.evaluate(() =>
    [".body", ".entry-last", ".entry-title", ".chat-title bdi"].map(
      (x) => getComputedStyle(document.querySelector(x)!).unicodeBidi,
    ),
  );
  assert.deepEqual([...new Set(isolated)], ["isolate"]);
});

test("only addresses of pages become links, and they give nothing away", async () => {
  const alice = await world.person("alice");
  await alice.page.getByRole("button", { name: "New conversation" }).click();
  await alice.page.getByRole("button", { name: "Notes to yourself" }).click();
  await alice.send("see (https://example.org/a?b=c), or http://example.net.");
  await alice.send("not ftp://example.org, javascript:alert(1) or https://");
  const links = alice.page.locator(".message .body a");
  await until("both links", async () => (await links.count()) === 2);
  const found = await links.evaluateAll((all) =>
    (all as HTMLAnchorElement[]).map(({ href, rel }) => ({ href, rel })),
  );
  const rel = "noopener noreferrer nofollow";
  assert.deepEqual(found, [
    { href: "https://example.org/a?b=c", rel },
    { href: "http://example.net/", rel },
  ]);
});

test("100,000 emoji are sent, and shown folded, without holding the page up", async (t) => {
  const alice = await world.person("alice");
  const bob = await world.person("bob");
  await alice.writeTo(bob.user);
  await alice.send("hello");
  await bob.open(alice.user);
  await bob.sees("hello");
  for (const person of [alice, bob])
    await person.page.evaluate(() => {
      const tasks: number[] = [];
      Object.assign(globalThis, { tasks });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) tasks.push(entry.duration);
      }).observe({ type: "longtask" });
    });
  const text = "🦜".repeat(100_000);
  await alice.field.evaluate((field: HTMLTextAreaElement, value: string) => {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }, text);
  await alice.page.getByText("100,000 of 100,000 characters").waitFor();
  await alice.field.press("Enter");
  const unfold = "Show all 100,000 characters";
  await bob.page.getByRole("button", { name: unfold }).waitFor();
  await alice.page.getByRole("button", { name: unfold }).waitFor();
  const shown = bob.page.locator(".body-folded");
  assert.equal(await shown.textContent(), "🦜".repeat(500));
  for (const person of [alice, bob]) {
    const tasks = await person.page.evaluate(
      () => (globalThis as unknown as { tasks: number[] }).tasks,
    );
    t.diagnostic(`long tasks of ${person.user}, ms: ${tasks.map(Math.round)}`);
  }
  await bob.page.getByRole("button", { name: unfold }).click();
  const body = bob.page.locator(".body", { hasText: "🦜" });
  await until("all of it", async () => (await body.textContent()) === text);

  await alice.field.evaluate((field: HTMLTextAreaElement, value: string) => {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }, `${text}!`);
  await alice.page.getByText("100,001 of 100,000 characters").waitFor();
  assert.ok(await alice.page.getByRole("button", { name: "Send" }).isDisabled());
});
