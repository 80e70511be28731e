import assert from "node:assert/strict";
import type { ParleyClient } from "../../src/api.js";
import { createClient } from "../../src/client.js";
import type { Clock, TimerHandle } from "../../src/environment.js";
import type { ClientOptions } from "../../src/options.js";
import { MemoryStore } from "../../src/store.js";
import { seeded } from "./random.js";

/** Lets everything go on that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; ++i) await new Promise(setImmediate);
}

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #now = 1_000_000;
  #last = 0;
  readonly #timers = new Map<number, { at: number; callback: () => void }>();

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, ms: number): TimerHandle {
    this.#timers.set(++this.#last, { at: this.#now + ms, callback });
    return this.#last;
  }

  clearTimeout(handle: TimerHandle): void {
    this.#timers.delete(handle as number);
  }

  /** Lets so much time pass, and what is due happen in its order. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (;;) {
      const next = [...this.#timers]
        .filter(([, x]) => x.at <= until)
        .sort(([, a], [, b]) => a.at - b.at)[0];
      if (!next) break;
      this.#timers.delete(next[0]);
      this.#now = Math.max(this.#now, next[1].at);
      next[1].callback();
      await settle();
    }
    this.#now = until;
  }
}

type Frame = { t: string; id?: number } & Record<string, unknown>;

/** The server's end of a WebSocket. */
export class FakeSocket {
  readonly url: string;
  readonly sent: Frame[] = [];
  readyState = 1;
  onopen = null;
  onerror = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  closed = false;

  constructor(url: string) {
    this.url = url;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Frame);
  }

  close(): void {
    this.closed = true;
  }

  /** From the server: one object, or an array of several. */
  async say(...all: Frame[]): Promise<void> {
    const data = JSON.stringify(all.length === 1 ? all[0] : all);
    this.onmessage?.({ data } as never);
    await settle();
  }

  async drop(code: number): Promise<void> {
    this.closed = true;
    this.onclose?.({ code } as never);
    await settle();
  }

  all(t: string): Frame[] {
    return this.sent.filter((x) => x.t === t);
  }

  /** The newest frame of this type. */
  last(t: string): Frame {
    const found = this.all(t).at(-1);
    assert(found, `no ${t} among ${JSON.stringify(this.sent)}`);
    return found;
  }

  /** Accepts the session and says that nothing was missed. */
  async accept(useq = 10): Promise<void> {
    await this.say({ t: "hello", v: 1, ping_ms: 25000 });
    const { id = 0 } = this.last("auth");
    await this.say({ t: "ready", id, user: "alice", session: "s", useq });
    await this.say({ t: "caught_up", useq });
    await this.answer("conversations", { items: [] });
  }

  /** Answers the newest request of a type. */
  async answer(t: string, fields: Record<string, unknown>): Promise<void> {
    const { id = 0 } = this.last(t);
    await this.say({ t, id, ...fields });
  }

  async ack(act: Frame, seq: number, more: Record<string, unknown> = {}) {
    const { id = 0, conv } = act;
    await this.say({ t: "ack", id, conv, seq, ts: seq * 10, ...more });
  }
}

type Route = (body: Record<string, unknown>) => [number, unknown];

/** A client in a world that does what the test says. */
export class World {
  readonly clock = new FakeClock();
  readonly sockets: FakeSocket[] = [];
  readonly requests: string[] = [];
  /** Origins that cannot be reached by HTTP. */
  readonly dead = new Set<string>();
  /** Where the last request went that arrived. */
  asked = "";
  readonly store: MemoryStore;
  readonly options: ClientOptions;
  /** What every random number is from now on, if the test cares. */
  random: number | undefined;
  readonly #randoms = seeded(1);
  tokens = 0;
  readonly routes: Record<string, Route> = {
    "POST /v1/login": () => [200, this.#tokens()],
    "POST /v1/token/refresh": () => [200, this.#tokens()],
    "POST /v1/logout": () => [204, undefined],
  };

  constructor(options: Partial<ClientOptions> & { store?: MemoryStore } = {}) {
    this.store =
      (options.store as MemoryStore | undefined) ?? new MemoryStore();
    const sockets = this.sockets;
    this.options = {
      url: "http://one",
      discover: false,
      device: "d",
      clock: this.clock,
      random: () => this.random ?? this.#randoms(),
      fetch: (url, init) => this.#fetch(url, init),
      WebSocket: class extends FakeSocket {
        constructor(url: string) {
          super(url);
          sockets.push(this);
        }
      },
      ...options,
      store: this.store,
    };
  }

  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    assert(last, "no connection was made");
    return last;
  }

  /** Signed in as alice and connected, the session accepted. */
  async client(): Promise<ParleyClient> {
    const client = await createClient(this.options);
    await client.login("alice", "password");
    client.start();
    await settle();
    await this.socket.accept();
    return client;
  }

  async #fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const { origin, pathname } = new URL(url);
    if (this.dead.has(origin)) throw new TypeError("fetch failed");
    this.asked = origin;
    const name = `${init.method} ${pathname}`;
    this.requests.push(name);
    const body = init.body ? JSON.parse(String(init.body)) : {};
    const missing = { code: "not_found", detail: `no route ${name}` };
    const [status, answer] = this.routes[name]?.(body) ?? [404, missing];
    return new Response(answer === undefined ? null : JSON.stringify(answer), {
      status,
    });
  }

  #tokens() {
    const n = ++this.tokens;
    return {
      user: "alice",
      token: `token-${n}`,
      expires_in: 900,
      refresh_token: `refresh-${n}`,
    };
  }
}

/** A message of bob's to alice as the server tells it. */
export function msg(seq: number, useq: number, more: object = {}): Frame {
  const conv = "dm:alice:bob";
  const head = { t: "msg", useq, conv, seq, from: "bob", ts: seq * 10 };
  return { ...head, cid: `bob-${seq}`, body: `body ${seq}`, ...more };
}
