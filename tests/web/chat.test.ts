import assert from "node:assert/strict";
import { test } from "node:test";
import { PASSWORD, Person } from "./support/person.js";
import { World } from "./support/world.js";

const world = new World();

test("two people chat, each seeing how far a message has come", async () => {
  const alice = await world.person("alice");
  const bob = await world.person("bob");
  await alice.writeTo(bob.user);
  await alice.send("Hello, Bob!");
  await bob.open(alice.user);
  await bob.sees("Hello, Bob!");
  await alice.marked("Hello, Bob!", "read");
  await bob.send("Hello, Alice!");
  await alice.sees("Hello, Alice!");
  alice.checkNoComplaints();
  bob.checkNoComplaints();
});

test("a message that is not looked at is delivered, counted, then read", async () => {
  const alice = await world.person("alice");
  const bob = await world.person("bob");
  await alice.writeTo(bob.user);
  await alice.send("one");
  await alice.send("two");
  await alice.marked("two", "delivered");
  await bob.entry(alice.user).getByText("2 unread messages").waitFor();
  assert.equal(await bob.page.title(), "(2) Parley");
  await bob.open(alice.user);
  await bob.page.getByText("New messages").waitFor();
  await alice.marked("two", "read");
  await bob.entry(alice.user).locator(".badge").waitFor({ state: "detached" });
  assert.equal(await bob.page.title(), "Parley");
});

test("a third person joins a group, with a role, and is removed", async () => {
  const alice = await world.person("alice");
  const bob = await world.person("bob");
  const carol = await world.person("carol");
  const { page } = alice;
  await page.getByRole("button", { name: "New conversation" }).click();
  await page.getByRole("button", { name: "New group" }).click();
  await page.getByLabel("Name of the group").fill("Tea party");
  await page.getByLabel("Add people").fill(bob.user);
  await page.getByRole("button", { name: `@${bob.user}` }).click();
  await page.getByRole("button", { name: "Create group" }).click();
  await page.getByRole("heading", { name: "Tea party" }).first().waitFor();
  await alice.send("Tea at five?");
  await bob.open("Tea party");
  await bob.sees("Tea at five?");

  await page.getByRole("button", { name: "Details" }).click();
  await page.getByRole("button", { name: "Add people" }).click();
  await page.getByLabel("Find somebody").fill(carol.user);
  await page.getByRole("button", { name: `@${carol.user}` }).click();
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await carol.open("Tea party");
  await carol.sees("Tea at five?");
  await carol.send("I bring the cake.");
  await alice.sees("I bring the cake.");
  await bob.sees("I bring the cake.");

  await page.getByLabel(`Role of ${bob.user}`).selectOption("admin");
  await bob.page.getByText(`${alice.user} made you an admin`).waitFor();
  await bob.use("I bring the cake.", "Delete");
  await bob.page
    .getByRole("dialog")
    .getByRole("button", { name: "Delete", exact: true })
    .click();
  await carol.sees("This message was deleted");

  await page.getByRole("button", { name: `Remove ${carol.user}` }).click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await carol.page.getByText("You are no longer a member").last().waitFor();
  assert.equal(await carol.field.count(), 0);

  await page.getByRole("button", { name: "Rename the group" }).click();
  await page.getByLabel("Name of the group").fill("Mad tea party");
  await page.getByRole("button", { name: "Rename", exact: true }).click();
  await bob.entry("Mad tea party").waitFor();
  for (const person of [alice, bob, carol]) person.checkNoComplaints();
});

test("messages are edited, answered, reacted to and deleted", async () => {
  const alice = await world.person("alice");
  const bob = await world.person("bob");
  await alice.writeTo(bob.user);
  await alice.send("Helo");
  await bob.open(alice.user);

  await alice.use("Helo", "Edit");
  await alice.send("Hello");
  await bob.message("Hello").getByText("edited").waitFor();

  await bob.use("Hello", "React");
  await bob.page.getByRole("button", { name: "party", exact: true }).click();
  await alice.message("Hello").getByRole("button", { name: "🎉 1" }).click();
  await bob.message("Hello").getByRole("button", { name: "🎉 2" }).waitFor();

  await bob.use("Hello", "Reply");
  await bob.send("Hello yourself");
  const answer = alice.message("Hello yourself");
  await answer.locator(".quote", { hasText: "Hello" }).waitFor();

  await alice.use("edited", "Delete");
  await alice.page
    .getByRole("dialog")
    .getByRole("button", { name: "Delete", exact: true })
    .click();
  await bob.sees("This message was deleted");
  await bob.message("Hello yourself").getByText("Deleted message").waitFor();
  alice.checkNoComplaints();
  bob.checkNoComplaints();
});

test("one sees that somebody types, is there, and when they were", async () => {
  const alice = await world.person("alice");
  const bob = await world.person("bob");
  await alice.writeTo(bob.user);
  await alice.send("Are you there?");
  const state = alice.page.locator(".chat-state");
  await state.getByText("online").waitFor();
  await bob.open(alice.user);
  await bob.field.pressSequentially("I am");
  await state.getByText("typing").waitFor();
  await state.getByText("online").waitFor();
  await bob.context.close();
  await state.getByText("active just now").waitFor();
});

test("drafts stay with their conversation, over a reload too", async () => {
  const alice = await world.person("alice");
  const bob = await world.person("bob");
  await alice.writeTo(bob.user);
  await alice.send("first");
  await alice.field.fill("half a thou");
  await alice.page.getByRole("button", { name: "New conversation" }).click();
  await alice.page.getByRole("button", { name: "Notes to yourself" }).click();
  await alice.page.getByRole("heading", { name: "Notes" }).first().waitFor();
  assert.equal(await alice.field.inputValue(), "");
  await alice.open(bob.user);
  await alice.page.reload();
  await alice.online();
  assert.equal(await alice.field.inputValue(), "half a thou");
  await alice.sees("first");
});

test("another login shows everything, and what the first one sends", async () => {
  const alice = await world.person("alice");
  const bob = await world.person("bob");
  await alice.writeTo(bob.user);
  await alice.send("from the first device");
  await alice.marked("from the first device", "sent");
  const second = await Person.at(world.browser, world.url, alice.user);
  await second.signIn();
  await second.open(bob.user);
  await second.sees("from the first device");
  await alice.send("another");
  await second.sees("another");
  await second.send("from the second device");
  await alice.sees("from the second device");

  await alice.page.getByRole("button", { name: "Settings", exact: true }).click();
  const devices = alice.page.getByRole("region", { name: "Devices" });
  await devices.getByText("this device").waitFor();
  await devices
    .getByRole("listitem")
    .filter({ hasText: "online" })
    .getByRole("button", { name: "Rename" })
    .click();
  await devices.getByLabel("Name of the device").fill("The other one");
  await devices.getByRole("button", { name: "Save" }).click();
  await devices.getByText("The other one").waitFor();
  await devices.getByRole("button", { name: "Remove The other one" }).click();
  await second.page.getByText("Your session has ended").waitFor();
});

test("a wrong password is refused, and signing out forgets", async () => {
  const alice = await world.person("alice");
  const { page } = alice;
  await page.getByRole("button", { name: "Settings", exact: true }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("User name").fill(alice.user);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("Wrong user name").waitFor();
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await alice.online();
});

test("who is blocked cannot write, and learns that it was not sent", async () => {
  const alice = await world.person("alice");
  const bob = await world.person("bob");
  await alice.writeTo(bob.user);
  await alice.send("hello");
  await bob.open(alice.user);
  await bob.page.getByRole("button", { name: "Details" }).click();
  await bob.page.getByRole("button", { name: "Block", exact: true }).click();
  await bob.page.getByRole("button", { name: "Unblock" }).waitFor();
  await alice.send("are you there?");
  const failed = alice.message("are you there?");
  await failed.getByText("Not sent. You cannot write here.").waitFor();
  await bob.page.getByRole("button", { name: "Unblock" }).click();
  await bob.page.getByRole("button", { name: "Block", exact: true }).waitFor();
  await failed.getByRole("button", { name: "Try again" }).click();
  await bob.sees("are you there?");
  await alice.marked("are you there?", "read");
});
