import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { Server } from "../../web/client/test/support/server.js";
import { launch } from "./support/browser.js";
import { Person } from "./support/person.js";

let server: Server;
let browser: Browser;

before(async () => {
  server = await Server.start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

test("two people chat, each seeing how far a message has come", async () => {
  const alice = await Person.registered(browser, server.url, "alice", {
    name: "Alice Liddell",
  });
  const bob = await Person.registered(browser, server.url, "bob", {
    name: "Bob",
  });
  await alice.writeTo("bob");
  await alice.send("Hello, Bob!");
  await bob.open("Alice Liddell");
  await bob.sees("Hello, Bob!");
  await alice.marked("Hello, Bob!", "read");
  await bob.send("Hello, Alice!");
  await alice.sees("Hello, Alice!");

  alice.checkNoComplaints();
  bob.checkNoComplaints();
});
