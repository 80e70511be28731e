import assert from "node:assert/strict";
import { test } from "node:test";
import { directConversation } from "../../web/client/src/names.js";
import { PASSWORD, type Person } from "./support/person.js";
import { manyBodies, seed } from "./support/seed.js";
import { until } from "./support/until.js";
import { World } from "./support/world.js";

const COUNT = Number(process.env["PARLEY_WEB_MESSAGES"] ?? 10_000);
/** High, so that there are fewer stops; all of it is still drawn. */
const VIEWPORT = { width: 1280, height: 2400 };
/** No message is lower. */
const LINE_PX = 43;
/** Seen twice, at the edge of two stops. */
const OVERLAP_PX = 100;
/** In so many frames a stop is drawn, unless it is an end. */
const FRAMES = 5;

const world = new World({ limits: { sends_per_s: 0 } });

/**
 * Scrolls by so many views, so often. @returns at each stop, the numbers of the messages
 * that are in view, from top to bottom; 0 for those that are still fetched.
 */
function scroll(
  person: Person,
  views: number,
  times: number,
): Promise<number[][]> {
  return person.page.evaluate(
    async ([views, overlap, frames, times]) => {
      const scroller = document.querySelector(".scroller")!;
      const rows = document.querySelector(".scroller-rows")!;
      const view = scroller.getBoundingClientRect();
      const y = views * (view.height - overlap);
      const stops: number[][] = [];
      for (let i = 0; i < times; ++i) {
        scroller.scrollBy(0, y);
        for (let frame = 0; frame < frames; ++frame) {
          await new Promise((drawn) => requestAnimationFrame(drawn));
          const { top, bottom } = rows.getBoundingClientRect();
          if (top <= view.top && bottom >= view.bottom) break;
        }
        const all = [
          ...scroller.querySelectorAll("article.message, .row-gap"),
        ];
        const seen = all.filter((x) => {
          const { top, bottom } = x.getBoundingClientRect();
          return bottom > view.top && top < view.bottom;
        });
        const number = (x: Element) =>
          x.matches(".row-gap") ? 0 : /#(\d+) /.exec(x.textContent ?? "")?.[1];
        stops.push(seen.map((x) => Number(number(x))));
      }
      return stops;
    },
    [views, OVERLAP_PX, FRAMES, times] as const,
  );
}

function checkRow(numbers: readonly number[]): void {
  numbers.forEach((x, i) => {
    const before = numbers[i - 1] ?? 0;
    if (x !== 0 && before !== 0) assert.equal(x, before + 1);
  });
}

test("a long history is scrolled through without a message missing", async (t) => {
  const alice = await world.person("alice");
  const bob = await world.person("bob", { viewport: VIEWPORT });
  await alice.writeTo(bob.user);
  const conv = directConversation(alice.user, bob.user);
  // Bob is away meanwhile, so that he has to page back.
  await bob.page.goto("about:blank");
  const login = { user: alice.user, password: PASSWORD };
  await seed(world.url, login, conv, manyBodies(COUNT));
  await bob.page.goto(`${world.url}/#/c/${conv}`);
  await bob.sees(`#${COUNT} `);

  const seen = new Set<number>();
  const began = performance.now();
  let drawn = 0;
  let blank = 0;
  let direction = -1;
  const look = async () => {
    for (const numbers of await scroll(bob, direction, 20)) {
      // At an end it goes back, for what was passed before it was fetched.
      if (numbers.includes(1)) direction = 1;
      if (numbers.includes(COUNT)) direction = -1;
      if (numbers.length === 0) ++blank;
      checkRow(numbers);
      numbers.filter((x) => x !== 0).forEach((x) => seen.add(x));
    }
    const nodes = await bob.page.locator("article.message").count();
    drawn = Math.max(drawn, nodes);
    return seen.size === COUNT;
  };
  await until("every message is seen", look, 120_000);
  t.diagnostic(`scrolled in ${Math.round(performance.now() - began)} ms`);
  t.diagnostic(`at most ${drawn} messages in the document`);
  t.diagnostic(`${blank} frames with nothing in view`);
  assert.ok(drawn < 200);
  // What is out of sight still takes its room.
  const height = await bob.page
    .locator(".scroller")
    .evaluate((scroller) => scroller.scrollHeight);
  assert.ok(height > COUNT * LINE_PX, `all rows together: ${height} px`);
  await until("the beginning is seen", async () => {
    await scroll(bob, -100, 1);
    return bob.page
      .getByText("This is where your conversation begins")
      .isVisible();
  });

  // What comes in now does not move what is being read.
  const [before] = await scroll(bob, 0, 1);
  await alice.send("hello from the end");
  await bob.page.getByText("new message").waitFor();
  assert.deepEqual(await scroll(bob, 0, 1), [before]);
  await bob.page.getByText("new message").click();
  await bob.sees("hello from the end");
  bob.checkNoComplaints();
});
