import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { directConversation } from "../../web/client/src/names.js";
import { setColors } from "./support/colors.js";
import { Extra } from "./support/extra.js";
import { Person } from "./support/person.js";
import { until } from "./support/until.js";
import { World } from "./support/world.js";

const world = new World();
const folder = process.env["PARLEY_SCREENSHOTS"] ?? "dist/screenshots";

const extras: Extra[] = [];
after(() => Promise.all(extras.map((x) => x.leave())));

async function newcomer(user: string, name: string): Promise<Extra> {
  const extra = await Extra.joined(world.url, user, name);
  extras.push(extra);
  return extra;
}

/** What the pictures show: a team, and what it talks about. */
async function staged(): Promise<{
  alice: Person;
  bruno: Extra;
  direct: string;
}> {
  const alice = await Person.registered(world.browser, world.url, "alice", {
    name: "Alice Liddell",
    deviceScaleFactor: 2,
  });
  const [hatter, hare, mina, zoe] = await Promise.all([
    newcomer("bruno", "Bruno Hatter"),
    newcomer("marta", "Márta Vass"),
    newcomer("mina", "مينا الخطيب"),
    newcomer("zoe", "Zoë Kessler"),
  ]);
  const dm = (x: Extra) => directConversation("alice", x.user);
  await zoe!.send(dm(zoe!), "The slides are on the shared drive.");
  await mina!.send(dm(mina!), "صباح الخير! هل نلتقي اليوم؟");
  const team = await hatter!.createGroup("Release 1.0", [
    "alice",
    "marta",
    "mina",
    "zoe",
  ]);
  await hatter!.send(team, "Good morning, all. Two things left before we tag.");
  const plan = await hare!.send(
    team,
    "I finished the failover runs last night: 400 kills, nothing lost, nothing doubled. The report is at https://ci.example.org/runs/4711",
  );
  await hatter!.react(team, plan, "🎉");
  await zoe!.react(team, plan, "🎉");
  await mina!.react(team, plan, "💪");
  await zoe!.send(team, "That is better than I hoped for.", plan);
  const direct = dm(hatter!);
  await hatter!.send(direct, "Have you got ten minutes before the stand-up?");
  await alice.open("Release 1.0");
  await alice.send("Wonderful. I write the release notes, who reads them?");
  await alice.marked("Wonderful", "sent");
  const last = await hare!.send(team, "I do. Give me until noon ☕");
  await alice.sees("until noon");
  for (const extra of extras) extra.read(team, last);
  await alice.marked("Wonderful", "read");
  return { alice, bruno: hatter!, direct };
}

test("the main screens look as they should", async () => {
  await mkdir(folder, { recursive: true });
  const { alice, bruno, direct } = await staged();
  const { page } = alice;
  const shoot = async (name: string) => {
    // Nothing is to look pointed at.
    await page.mouse.move(0, 0);
    for (const colorScheme of ["light", "dark"] as const) {
      await setColors(page, colorScheme);
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
    }
  };
  await page.getByText("5 members").first().waitFor();
  await shoot("group");
  await page.getByRole("button", { name: "Details" }).click();
  await page.getByText("Leave group").waitFor();
  await shoot("details");
  await page.getByRole("button", { name: "Close details" }).click();

  await alice.open("Bruno Hatter");
  await alice.send("Of course. In the tea room?");
  await alice.marked("tea room", "sent");
  bruno.read(direct, 2);
  await alice.marked("tea room", "read");
  // For the picture; that it arrives is what another test is about.
  bruno.typing(direct);
  await page
    .locator(".chat-typing")
    .waitFor({ timeout: 3_000 })
    .catch(() => undefined);
  await shoot("direct");

  await page.getByRole("button", { name: "New conversation" }).click();
  await page.getByLabel("Find somebody").fill("ma");
  await page.getByRole("button", { name: "@marta" }).waitFor();
  await shoot("search");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Settings", exact: true }).click();
  await page.getByText("this device", { exact: true }).waitFor();
  await shoot("settings");
  await page.keyboard.press("Escape");

  await page.setViewportSize({ width: 390, height: 844 });
  await alice.sees("tea room");
  await shoot("narrow-chat");
  await page.getByRole("button", { name: "Back" }).click();
  await shoot("narrow-list");

  await world.server.stop("SIGKILL");
  await page.getByText("No connection").waitFor();
  await page.setViewportSize({ width: 1280, height: 800 });
  await alice.open("Bruno Hatter");
  await alice.send("On my way.");
  await alice.waiting("On my way");
  await shoot("no-connection");
  await world.server.start();
  await until("the message is sent", async () => {
    return (await alice.message("On my way").locator(".mark-sent").count()) > 0;
  });

  await page.getByRole("button", { name: "Settings", exact: true }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Welcome to Parley" }).waitFor();
  await shoot("sign-in");
  alice.checkNoComplaints();
});
