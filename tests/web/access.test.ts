import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { axeSource } from "./support/axe.js";
import { PASSWORD, Person } from "./support/person.js";
import { until } from "./support/until.js";
import { setColors } from "./support/colors.js";
import { World } from "./support/world.js";

const world = new World();

/** So long a change between light and dark may take. */
const COLORS_MS = 5_000;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { html: string; failureSummary: string }[];
}

interface Axe {
  run(options: object): Promise<{ violations: Violation[] }>;
}

/** Looks for what axe-core can find on the page as it is, light and dark. */
async function checkAccess(page: Page, what: string): Promise<void> {
  await page.evaluate(axeSource);
  const run = (options: object) =>
    page.evaluate(async (options) => {
      const { axe } = globalThis as unknown as { axe: Axe };
      const { violations } = await axe.run(options);
      return violations.map(({ id, nodes }) => ({
        id,
        nodes: nodes.map(({ html, failureSummary }) => ({
          html,
          failureSummary,
        })),
      }));
    }, options);
  assert.deepEqual(await run({}), [], `${what}, light`);
  await setColors(page, "dark");
  // Nothing but the colours is different. The browser changes them one after
  // the other, so that a first look may see a mixture.
  let contrast: unknown[] = [];
  const settled = async () => {
    contrast = await run({ runOnly: ["color-contrast"] });
    return contrast.length === 0;
  };
  await until("the colours have settled", settled, COLORS_MS).catch(() =>
    assert.deepEqual(contrast, [], `${what}, dark`),
  );
  await setColors(page, "light");
}

test("axe-core finds nothing on any screen, light or dark", async () => {
  const alice = await Person.at(
    world.browser,
    world.url,
    world.name("alice"),
  );
  const { page } = alice;
  await checkAccess(page, "sign in");
  await page.getByRole("button", { name: "Create an account" }).click();
  await checkAccess(page, "create an account");
  await page.getByRole("button", { name: "Sign in" }).click();
  await alice.register();
  await page.getByText("Nobody has written yet").waitFor();
  await checkAccess(page, "no conversations");

  const bob = await world.person("bob");
  await alice.writeTo(bob.user);
  await checkAccess(page, "an empty conversation");
  await alice.send("Hello https://example.org");
  await bob.open(alice.user);
  await bob.sees("Hello");
  await bob.send("Hello 🎉");
  await bob.send("word ".repeat(400));
  await alice.sees("Hello 🎉");
  await alice.marked("example.org", "read");
  await alice.use("Hello 🎉", "React");
  await checkAccess(page, "the choice of emoji");
  await page.getByRole("button", { name: "party", exact: true }).click();
  await page.getByRole("button", { name: "🎉 1" }).waitFor();
  await alice.use("Hello 🎉", "Reply");
  await checkAccess(page, "an answer being written");
  await alice.send("An answer");
  await page.locator(".quote").first().waitFor();
  await checkAccess(page, "a conversation");
  await page.getByRole("button", { name: "Details" }).click();
  await page.getByRole("button", { name: "Block", exact: true }).waitFor();
  await checkAccess(page, "a person's details");

  await page.getByRole("button", { name: "New conversation" }).click();
  await page.getByLabel("Find somebody").fill(bob.user);
  await page.getByRole("button", { name: `@${bob.user}` }).waitFor();
  await checkAccess(page, "the search of people");
  await page.getByRole("button", { name: "New group" }).click();
  await page.getByLabel("Name of the group").fill("Tea party");
  await page.getByLabel("Add people").fill(bob.user);
  await page.getByRole("button", { name: `@${bob.user}` }).click();
  await checkAccess(page, "a new group");
  await page.getByRole("button", { name: "Create group" }).click();
  await page.getByLabel(`Role of ${bob.user}`).waitFor();
  await checkAccess(page, "a group's details");
  await page.getByRole("button", { name: "Settings", exact: true }).click();
  await page.getByText("this device", { exact: true }).waitFor();
  await checkAccess(page, "the settings");
  await page.keyboard.press("Escape");

  await page.setViewportSize({ width: 360, height: 640 });
  await page.getByRole("button", { name: "Close details" }).click();
  await checkAccess(page, "a conversation on a small screen");
  await page.getByRole("button", { name: "Back" }).click();
  await checkAccess(page, "the list on a small screen");
});

test("who wants less motion sees each change at once", async () => {
  const alice = await world.person("alice", { reducedMotion: "reduce" });
  const seen = await alice.page.locator("main").evaluate((main) => {
    const { opacity: before } = getComputedStyle(main);
    main.style.opacity = "0.5";
    const { opacity: after } = getComputedStyle(main);
    return { before, after };
  });
  assert.deepEqual(seen, { before: "1", after: "0.5" });
  alice.checkNoComplaints();
});

test("one can chat with the keyboard alone", async () => {
  const bob = await world.person("bob");
  const alice = await Person.at(
    world.browser,
    world.url,
    world.name("alice"),
  );
  const { keyboard } = alice.page;
  const focused = () =>
    alice.page.evaluate(() => {
      const at = document.activeElement!;
      return (at.getAttribute("aria-label") ?? at.textContent ?? "").trim();
    });
  const isAt = (name: string) =>
    until(`${name} has the focus`, async () => (await focused()) === name);
  const tabTo = async (name: string) => {
    for (let i = 0; i < 40 && !(await focused()).startsWith(name); ++i)
      await keyboard.press("Tab");
    assert.ok((await focused()).startsWith(name), `Tab leads to ${name}`);
  };

  await tabTo("Create an account");
  await keyboard.press("Enter");
  await alice.page.getByLabel("User name").focus();
  await keyboard.type(alice.user);
  await keyboard.press("Tab");
  await keyboard.type("Alice");
  await keyboard.press("Tab");
  await keyboard.type(PASSWORD);
  await keyboard.press("Enter");
  await alice.online();

  await keyboard.press("Control+k");
  await alice.page.getByLabel("Find somebody").waitFor();
  await keyboard.type(bob.user);
  await alice.page.getByRole("button", { name: `@${bob.user}` }).waitFor();
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await alice.field.waitFor();
  await keyboard.type("Helo");
  await keyboard.press("Enter");
  await alice.marked("Helo", "sent");

  // The last message of one's own is edited by arrow up.
  await keyboard.press("ArrowUp");
  await keyboard.press("End");
  await keyboard.type("!");
  await keyboard.press("Enter");
  await alice.message("Helo!").getByText("edited").waitFor();
  await bob.open("Alice");
  await bob.send("Hello yourself");
  await alice.sees("Hello yourself");

  // Back to the messages, up and down among them, and answer one.
  await keyboard.press("Shift+Tab");
  await isAt(bob.user);
  await keyboard.press("ArrowUp");
  await isAt("You");
  await keyboard.press("ArrowDown");
  await isAt(bob.user);
  await tabTo("React");
  await keyboard.press("Enter");
  await isAt("thumbs up");
  await keyboard.press("ArrowRight");
  await keyboard.press("Enter");
  await bob.page.getByRole("button", { name: "❤️ 1" }).waitFor();
  await tabTo("Message");
  await keyboard.type("done");
  await keyboard.press("Enter");
  await bob.sees("done");
  alice.checkNoComplaints();
});
