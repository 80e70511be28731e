import assert from "node:assert/strict";
import { test } from "node:test";
import { directConversation } from "../../web/client/src/names.js";
import { PASSWORD, type Person } from "./support/person.js";
import { manyBodies, seed } from "./support/seed.js";
import { until } from "./support/until.js";
import { World } from "./support/world.js";

const COUNT = 10_000;

const world = new World({ limits: { sends_per_s: 0 } });

/**
 * Scrolls by `y` so often. @returns at each stop, the numbers of the messages
 * that are in view, from top to bottom.
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
        const all = [...scroller.querySelectorAll("article.message")];
        const seen = all.filter((x) => {
          const { top, bottom } = x.getBoundingClientRect();
          return bottom > view.top && top < view.bottom;
        });
        const number = (x: Element) => /#(\d+) /.exec(x.textContent ?? "")?.[1];
        stops.push(seen.map((x) => Number(number(x))));
      }
      return stops;
    },
    [y, times] as const,
  );
}

function checkRow(numbers: readonly number[]): void {
  numbers.forEach((x, i) => assert.equal(x, numbers[0]! + i));
}

test("ten thousand messages are scrolled through without one missing", async (t) => {
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
  const look = async () => {
    for (const numbers of await scroll(bob, -600, 50)) {
      assert.ok(numbers.length > 0, "there is always something in view");
      checkRow(numbers);
      numbers.forEach((x) => seen.add(x));
    }
    const nodes = await bob.page.locator("article.message").count();
    drawn = Math.max(drawn, nodes);
    return seen.has(1);
  };
  await until("the first message is seen", look, 120_000);
  t.diagnostic(`scrolled in ${Math.round(performance.now() - began)} ms`);
  t.diagnostic(`at most ${drawn} messages in the document`);
  assert.ok(drawn < 200);
  await bob.page.getByText("This is where your conversation begins").waitFor();

  // What comes in now does not move what is being read.
  const [before] = await scroll(bob, 0, 1);
  await alice.send("hello from the end");
  await bob.page.getByText("new message").waitFor();
  assert.deepEqual(await scroll(bob, 0, 1), [before]);
  await bob.page.getByText("new message").click();
  await bob.sees("hello from the end");
  bob.checkNoComplaints();
});
