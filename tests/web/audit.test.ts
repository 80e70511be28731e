import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Audit } from "./support/audit.js";
import { axeSource } from "./support/axe.js";
import { Person } from "./support/person.js";
import { World } from "./support/world.js";

const world = new World();

const views = {
  wide: { width: 1280, height: 800 },
  narrow: { width: 390, height: 844 },
};

/** Tells all findings, and fails on those that have faults. */
async function check(t: TestContext, audit: Audit, what: string) {
  const findings = await audit.findings(axeSource);
  for (const { audit, faults } of findings)
    t.diagnostic(`${what}: ${faults.length === 0 ? "good" : "BAD "} ${audit}`);
  t.diagnostic(`${what}: ${await audit.paints()}`);
  assert.deepEqual(
    findings.filter((x) => x.faults.length > 0),
    [],
    what,
  );
}

for (const [view, viewport] of Object.entries(views)) {
  test(`an audit finds no fault with signing in, ${view}`, async (t) => {
    const context = await world.browser.newContext({ viewport });
    const page = await context.newPage();
    const audit = await Audit.of(page);
    await page.goto(world.url);
    await page.getByRole("heading", { name: "Welcome to Parley" }).waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready);
    await check(t, audit, "sign in");
    await context.close();
  });

  test(`an audit finds no fault with a conversation, ${view}`, async (t) => {
    const alice = await world.person("alice", { viewport });
    const bob = await world.person("bob");
    await alice.writeTo(bob.user);
    for (let i = 1; i <= 40; ++i) await alice.send(`Line ${i}.`);
    await alice.marked("Line 40.", "sent");
    const url = alice.page.url();
    await alice.page.close();
    const page = await alice.context.newPage();
    const audit = await Audit.of(page);
    await page.goto(url);
    const again = new Person(alice.user, page);
    await again.online();
    await again.sees("Line 40.");
    await check(t, audit, "a conversation");
    await alice.context.close();
    await bob.context.close();
  });
}
