import assert from "node:assert/strict";
import { test } from "node:test";
import { directConversation } from "../../web/client/src/names.js";
import { PASSWORD, type Person } from "./support/person.js";
import { manyBodies, seed } from "./support/seed.js";
import { until } from "./support/until.js";
import { World } from "./support/world.js";

/** More take longer: PARLEY_WEB_MESSAGES=10000. */
const COUNT = Number(process.env["PARLEY_WEB_MESSAGES"] ?? 2_000);

const world = new World({ limits: { sends_per_s: 0 } });

/**
 * Scrolls by `y` so often. @returns at each stop, the numbers of the messages
 * that are in view, from top to bottom; 0 for those that are still fetched.
 */
function scroll(person: Person, y: number, times: number): Promise<number[][]> {
  return person.page.evaluate(
    async ([y, times]) => {
      const scroller = document.querySelector(".scroller")!;
      const view = scroller.getBoundingClientRect();
      const stops: number[][] = [];
      for (let i = 0; i < times; ++i) {
        scroller.scrollBy(0, y);
        await new Promise((drawn) => requestAnimationFrame(drawn));
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
    [y, times] as const,
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
  const bob = await world.person("bob");
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
  let y = -600;
  const look = async () => {
    for (const numbers of await scroll(bob, y, 50)) {
      // At an end it goes back, for what was passed before it was fetched.
      if (numbers.includes(1)) y = 600;
      if (numbers.includes(COUNT)) y = -600;
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
  await until("the beginning is seen", async () => {
    await scroll(bob, -100_000, 1);
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
