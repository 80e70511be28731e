import assert from "node:assert/strict";
import { WebSocket } from "ws";
import type { ClientEvent, Item, ParleyClient } from "../../src/api.js";
import { ParleyError } from "../../src/errors.js";
import { createClient } from "../../src/client.js";
import type { ClientOptions } from "../../src/options.js";

/** So long a test waits for something before it fails. */
const PATIENCE_MS = 30_000;

const opened = new Set<ParleyClient>();

/** Closes what a test has left open, so that the process can end. */
export async function closeAll(): Promise<void> {
  await Promise.all([...opened].map((client) => client.close()));
  opened.clear();
}

/** A client as tests want it: no discovery, a WebSocket for old Nodes. */
export async function clientAt(
  url: string,
  options: Partial<ClientOptions> = {},
): Promise<ParleyClient> {
  const given = { url, WebSocket, discover: false, ...options };
  const client = await createClient(given);
  opened.add(client);
  return client;
}

/** A new user, connected and up to date. */
export async function person(
  url: string,
  user: string,
  options: Partial<ClientOptions> = {},
): Promise<ParleyClient> {
  const client = await clientAt(url, options);
  await client.register(user, `${user}-password`);
  client.start();
  await online(client);
  return client;
}

export function online(client: ParleyClient): Promise<void> {
  return until(client, () => client.state.connection === "online");
}

/** Resolves when `condition` holds, which is asked after each event. */
export function until(
  client: ParleyClient,
  condition: () => boolean,
  what = condition.toString(),
): Promise<void> {
  if (condition()) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stop();
      const state = JSON.stringify(client.state);
      reject(new Error(`waited in vain for ${what}; state ${state}`));
    }, PATIENCE_MS);
    const stop = client.subscribe(() => {
      if (!condition()) return;
      clearTimeout(timer);
      stop();
      resolve();
    });
  });
}

/** Resolves with the next event that fits. */
export function nextEvent<T extends ClientEvent["type"]>(
  client: ParleyClient,
  type: T,
  fits: (event: Extract<ClientEvent, { type: T }>) => boolean = () => true,
): Promise<Extract<ClientEvent, { type: T }>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`waited in vain for an event ${type}`));
    }, PATIENCE_MS);
    const stop = client.subscribe((event) => {
      const found = event as Extract<ClientEvent, { type: T }>;
      if (event.type !== type || !fits(found)) return;
      clearTimeout(timer);
      stop();
      resolve(found);
    });
  });
}

/** Asks again when a connection that was cut took the question with it. */
export async function patiently<T>(
  client: ParleyClient,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    await online(client);
    try {
      return await work();
    } catch (why) {
      if (!(why instanceof ParleyError && why.retryable)) throw why;
    }
    await new Promise(setImmediate);
  }
}

export function bodies(client: ParleyClient, conv: string): string[] {
  return client
    .timeline(conv)
    .items.flatMap((x) => (x.kind === "msg" && x.body ? [x.body] : []));
}

/** The whole history of a conversation, straight from the server. */
export async function wholeHistory(
  client: ParleyClient,
  conv: string,
): Promise<Item[]> {
  const items: Item[] = [];
  for (;;) {
    const after = items.at(-1)?.seq ?? 0;
    const page = await client.history(conv, { after, limit: 200 });
    items.push(...page.items);
    if (page.complete) return items;
  }
}

/**
 * What a client holds of a conversation is all of it: gapless, in order, each
 * entry once, and as the server has it.
 */
export async function assertWhole(
  client: ParleyClient,
  conv: string,
): Promise<void> {
  const server = await wholeHistory(client, conv);
  const { items } = client.timeline(conv);
  assert.deepEqual(
    items.map((x) => x.seq),
    items.map((_, i) => i + 1),
    "gapless, in order and without doubles",
  );
  assert.deepEqual(items.map(comparable), server.map(comparable));
}

/**
 * The time of an edit stands in its entry and in its message, and nothing says
 * that they are the same to the millisecond.
 */
function comparable(item: Item): unknown {
  if (item.kind !== "msg" || item.editedTs === undefined) return item;
  return { ...item, editedTs: "some time" };
}
