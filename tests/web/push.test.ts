import assert from "node:assert/strict";
import { test } from "node:test";
import { directConversation } from "../../web/client/src/names.js";
import { until } from "./support/until.js";
import { PushedWorker } from "./support/worker.js";
import { World } from "./support/world.js";

// What a worker does with a push it does whoever sent it.
const world = new World({ push: { enabled: false } });

test("a push shows a notification, whatever it says", async () => {
  const alice = await world.person("alice", { permissions: ["notifications"] });
  const worker = await PushedWorker.of(alice.page);
  // The page that is left behind is out of the worker's sight.
  await alice.page.goto("about:blank");
  const said = { conv: "dm:a:b", title: "Bob", body: "hello", badge: 3 };
  for (const [data, notice] of [
    [JSON.stringify(said), "Bob: hello"],
    ["not JSON", "Parley: You have a new message."],
  ] as const) {
    await worker.pushUntilShown(world.url, data, notice);
  }
});

test("what was pushed leads to its conversation", async () => {
  const alice = await world.person("alice", { permissions: ["notifications"] });
  const bob = await world.person("bob");
  await bob.writeTo(alice.user);
  await bob.send("Are you there?");
  await alice.entry(bob.user).waitFor();
  const worker = await PushedWorker.of(alice.page);
  await alice.page.goto("about:blank");
  const conv = directConversation(alice.user, bob.user);
  const said = { conv, title: bob.user, body: "Are you there?" };
  const notice = `${bob.user}: Are you there?`;
  await worker.pushUntilShown(world.url, JSON.stringify(said), notice);
  await alice.page.goto(world.url);
  await alice.online();
  await worker.click(bob.user);
  await alice.sees("Are you there?");
  await until(
    "it is gone",
    async () => !(await worker.notices()).includes(notice),
  );
  alice.checkNoComplaints();
});

test("where the server does not push, nothing offers it or asks for a key", async () => {
  const alice = await world.person("alice");
  const { page } = alice;
  await PushedWorker.of(page);
  const asked: string[] = [];
  page.on("request", (x) => asked.push(new URL(x.url()).pathname));
  const told = page.waitForResponse((x) => x.url().endsWith("/push/settings"));
  await page.getByRole("button", { name: "Settings", exact: true }).click();
  await (await told).finished();
  await page.getByText("Notify me while no tab of Parley is in view").waitFor();
  const pushed = page.getByText("Notifications when Parley is closed");
  assert.equal(await pushed.count(), 0);
  assert.ok(!asked.includes("/v1/push/vapid-key"));
  alice.checkNoComplaints();
});
