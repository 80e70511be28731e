import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./support/person.js";
import { until } from "./support/until.js";
import { World } from "./support/world.js";

const world = new World();

/** Another tab of the same browser. */
async function tabOf(person: Person): Promise<Person> {
  const tab = new Person(person.user, await person.context.newPage());
  await tab.page.goto(person.page.url());
  await tab.online();
  return tab;
}

test("the tabs of a browser share one connection, and show the same", async () => {
  const alice = await world.person("alice");
  const bob = await world.person("bob");
  await alice.writeTo(bob.user);
  const second = await tabOf(alice);
  const third = await tabOf(alice);
  assert.equal(await world.metric("parley_sessions"), 2);

  await second.send("from the second tab");
  await bob.open(alice.user);
  await bob.sees("from the second tab");
  for (const tab of [alice, second, third])
    await tab.marked("from the second tab", "read");
  await bob.send("to all tabs");
  for (const tab of [alice, second, third]) await tab.sees("to all tabs");

  // The first tab has the connection; another one takes over.
  await alice.page.close();
  await third.send("the first tab is gone");
  await bob.sees("the first tab is gone");
  await second.sees("the first tab is gone");
  await until("one session for the two tabs", async () => {
    return (await world.metric("parley_sessions")) === 2;
  });
  for (const tab of [second, third, bob]) tab.checkNoComplaints();
});

test("who signs in or out in one tab does so in all", async () => {
  const alice = await world.person("alice");
  const second = await tabOf(alice);
  const { page } = alice;
  await page.getByRole("button", { name: "Settings", exact: true }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await second.page.getByRole("button", { name: "Sign in" }).waitFor();
  await second.signIn();
  await alice.online();
});

test("tabs survive the death of the one that leads while acts wait", async () => {
  const alice = await world.person("alice");
  const bob = await world.person("bob");
  await alice.writeTo(bob.user);
  const second = await tabOf(alice);
  await world.server.stop("SIGKILL");
  await second.send("queued in a follower");
  await second.waiting("queued in a follower");
  await alice.page.close();
  await world.server.start();
  await bob.open(alice.user);
  await bob.sees("queued in a follower");
  assert.equal(await bob.message("queued in a follower").count(), 1);
});
