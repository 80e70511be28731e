import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { BrowserContextOptions } from "playwright-core";
import { directConversation } from "../../web/client/src/names.js";
import { PASSWORD, Person } from "./support/person.js";
import { PushService } from "./support/push_service.js";
import { until } from "./support/until.js";
import { PushedWorker } from "./support/worker.js";
import { World } from "./support/world.js";

const world = new World({
  push: { allow_private_endpoints: true, include_text: true, delay: "0s" },
});
const SWITCH = "Notifications when Parley is closed";

let service: PushService;
before(async () => (service = await PushService.start()));
after(() => service.close());

/** Somebody whose browser has a push service. */
async function subscriber(base: string): Promise<Person> {
  const options: BrowserContextOptions = { permissions: ["notifications"] };
  const person = await Person.at(
    world.browser,
    world.url,
    world.name(base),
    options,
  );
  await service.serve(person.context);
  await person.page.reload();
  await person.register(person.user);
  return person;
}

async function openSettings({ page }: Person): Promise<void> {
  await page.getByRole("button", { name: "Settings", exact: true }).click();
  await page.getByRole("switch", { name: SWITCH }).waitFor();
}

/** How many subscriptions the server has of a user. */
async function subscriptions(user: string): Promise<number> {
  const login = await fetch(`${world.url}/v1/login`, {
    method: "POST",
    body: JSON.stringify({ user, password: PASSWORD }),
  });
  const { token } = (await login.json()) as { token: string };
  const answer = await fetch(`${world.url}/v1/push/subscriptions`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  const { subscriptions } = (await answer.json()) as {
    subscriptions: unknown[];
  };
  return subscriptions.length;
}

test("what comes while Parley is closed is pushed, encrypted, and shown", async () => {
  const alice = await subscriber("alice");
  const bob = await world.person("bob");
  await openSettings(alice);
  await alice.page.getByRole("switch", { name: SWITCH }).check();
  await until("the server has it", async () => {
    return (await subscriptions(alice.user)) === 1;
  });
  const worker = await PushedWorker.of(alice.page);
  await alice.page.goto("about:blank");

  await bob.writeTo(alice.user);
  await bob.send("Are you there?");
  await until("it is pushed", () => service.pushed.length > 0);
  const [{ headers, text }] = service.pushed as [(typeof service.pushed)[0]];
  assert.equal(headers["content-encoding"], "aes128gcm");
  assert.match(String(headers.authorization), /^vapid t=[^,]+, ?k=/);
  const { conv, title, body } = JSON.parse(text) as Record<string, string>;
  assert.deepEqual(
    { conv, title, body },
    {
      conv: directConversation(alice.user, bob.user),
      title: bob.user,
      body: "Are you there?",
    },
  );
  const notice = `${bob.user}: Are you there?`;
  await worker.pushUntilShown(world.url, text, notice);

  await alice.page.goto(world.url);
  await alice.online();
  await worker.click(bob.user);
  await alice.sees("Are you there?");
  alice.checkNoComplaints();
});

test("nothing is pushed to who switched it off, or signed out", async () => {
  const alice = await subscriber("alice");
  const { page } = alice;
  const pushed = page.getByRole("switch", { name: SWITCH });
  for (const leave of ["switches it off", "signs out"]) {
    await openSettings(alice);
    await pushed.check();
    await until("the server has it", async () => {
      return (await subscriptions(alice.user)) === 1;
    });
    if (leave === "signs out")
      await page.getByRole("button", { name: "Sign out" }).click();
    else await pushed.uncheck();
    await until(leave, async () => (await subscriptions(alice.user)) === 0);
    if (leave !== "signs out") await page.keyboard.press("Escape");
  }
  alice.checkNoComplaints();
});

test("hours without notifications are kept by the server", async () => {
  const alice = await subscriber("alice");
  const { page } = alice;
  const quiet = page.getByRole("switch", { name: "None of them at night" });
  await openSettings(alice);
  await page.getByRole("switch", { name: SWITCH }).check();
  await quiet.check();
  const saved = page.waitForResponse(
    (x) => /21:30/.test(x.request().postData() ?? "") && x.ok(),
  );
  await page.getByLabel("From").fill("21:30");
  await page.getByLabel("From").blur();
  await saved;
  await page.reload();
  await alice.online();
  await openSettings(alice);
  await page.getByLabel("From").waitFor();
  assert.equal(await page.getByLabel("From").inputValue(), "21:30");
  assert.equal(await page.getByLabel("to", { exact: true }).inputValue(), "07:00");
  await quiet.uncheck();
  await page.getByLabel("From").waitFor({ state: "detached" });
  alice.checkNoComplaints();
});
