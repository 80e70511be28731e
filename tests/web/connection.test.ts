import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./support/until.js";
import { World } from "./support/world.js";

const world = new World();

test("what was written while the server was dead is sent when it lives", async () => {
  const alice = await world.person("alice");
  const bob = await world.person("bob");
  await alice.writeTo(bob.user);
  await alice.send("before");
  await bob.open(alice.user);
  await bob.sees("before");

  await world.server.stop("SIGKILL");
  await alice.page.getByText("No connection.").waitFor();
  await alice.send("while it was dead");
  await alice.waiting("while it was dead");
  await bob.send("me too");
  await bob.waiting("me too");

  await world.server.start();
  await alice.online();
  await bob.online();
  await bob.sees("while it was dead");
  await alice.sees("me too");
  await alice.marked("while it was dead", "read");
  for (const person of [alice, bob])
    for (const text of ["before", "while it was dead", "me too"])
      assert.equal(await person.message(text).count(), 1, text);
  assert.equal(await alice.page.locator(".connection-bar").count(), 0);
});

test("what was written outlives the page and a server that is dead", async () => {
  const alice = await world.person("alice");
  const bob = await world.person("bob");
  await alice.writeTo(bob.user);
  await alice.send("before");
  await alice.marked("before", "delivered");
  await world.server.stop("SIGKILL");
  await alice.send("kept");
  await alice.waiting("kept");
  // The page comes from the service worker.
  await alice.page.reload();
  await alice.sees("before");
  await alice.waiting("kept");
  await world.server.start();
  await bob.open(alice.user);
  await bob.sees("kept");
  await alice.marked("kept", "read");
});

test("without a network one is told so, and what was missed comes after", async () => {
  const alice = await world.person("alice");
  const bob = await world.person("bob");
  await alice.writeTo(bob.user);
  await alice.send("before");
  await bob.open(alice.user);
  await alice.context.setOffline(true);
  await alice.page.getByText("You are offline.").waitFor();
  await alice.send("from the tunnel");
  await alice.waiting("from the tunnel");
  await bob.send("where are you?");
  await bob.marked("where are you?", "sent");
  await alice.context.setOffline(false);
  await alice.sees("where are you?");
  await bob.sees("from the tunnel");
  await alice.marked("from the tunnel", "read");
  await until("nothing is said of the connection", async () => {
    return (await alice.page.locator(".connection-bar").count()) === 0;
  });
});
