import type { ClientState, StopReason } from "./api.js";
import type { Account } from "./account.js";
import { Backoff } from "./backoff.js";
import { Connection, type Auth } from "./connection.js";
import { pause, type Environment } from "./environment.js";
import { asParleyError } from "./errors.js";
import type { WireObject } from "./wire.js";

const RETRY_MS = { first: 500, most: 30_000 };
/** After 4009: the server has had enough of us for a while. */
const PAUSE_MS = 15_000;

/** What a close code asks for. */
export function afterClose(
  code: number,
): "reconnect" | "elsewhere" | "pause" | "refresh" | "ended" | StopReason {
  switch (code) {
    case 4000:
      return "elsewhere";
    case 4009:
      return "pause";
    case 4500:
      return "protocol";
    case 4501:
      return "refresh";
    case 4502:
      return "ended";
    case 4510:
      return "replaced";
    default:
      return "reconnect";
  }
}

export interface ConnectorEvents {
  /** All of the last session is taken in; says where to go on. */
  beforeConnect(): Promise<Omit<Auth, "token">>;
  ready(connection: Connection, x: WireObject): void;
  objects(connection: Connection, all: readonly WireObject[]): void;
  closed(connection: Connection, code: number): void;
  status(x: Pick<ClientState, "connection" | "retryAt" | "stopReason">): void;
  failed(why: unknown): void;
}

/** Where to go next, and not before when. */
interface Move {
  readonly at: number;
  readonly urls: readonly string[];
}

/** Keeps a session alive: connects, and connects again, until stopped. */
export class Connector {
  readonly #env: Environment;
  readonly #account: Account;
  readonly #discover: () => Promise<string[]>;
  readonly #events: ConnectorEvents;
  readonly #backoff: Backoff;
  #running: AbortController | undefined;
  #wake: AbortController | undefined;
  #connection: Connection | undefined;
  #move: Move | undefined;
  /** Nodes to try, the next one first; empty: ask for them. */
  #nodes: string[] = [];

  constructor(
    env: Environment,
    account: Account,
    discover: () => Promise<string[]>,
    events: ConnectorEvents,
  ) {
    this.#env = env;
    this.#account = account;
    this.#discover = discover;
    this.#events = events;
    this.#backoff = new Backoff(RETRY_MS, env.random);
  }

  /** The connection if there is a session on it. */
  get connection(): Connection | undefined {
    return this.#connection?.isReady ? this.#connection : undefined;
  }

  start(): void {
    if (this.#running) return;
    this.#running = new AbortController();
    this.#backoff.reset();
    void this.#run(this.#running.signal);
  }

  stop(reason?: StopReason): void {
    this.#running?.abort();
    this.#running = undefined;
    this.#move = undefined;
    this.#wake?.abort();
    this.#connection?.close(1000);
    this.#events.status({
      connection: "stopped",
      ...(reason && { stopReason: reason }),
    });
  }

  retryNow(): void {
    this.#backoff.reset();
    this.#wake?.abort();
  }

  /** The session has proved itself: the next failure starts with short waits. */
  caughtUp(): void {
    this.#backoff.reset();
  }

  /** Ends this connection and makes another; for failures on this side. */
  startOver(): void {
    this.#connection?.close(1006);
  }

  /** `reconnect`: to one of `urls`, at a random moment within the time. */
  move(withinMs: number, urls: readonly string[]): void {
    const wait = withinMs * this.#env.random();
    const move = { at: this.#env.clock.now() + wait, urls };
    this.#move = move;
    const { clock } = this.#env;
    void pause(clock, wait, this.#running?.signal).then(() => {
      if (this.#move === move && this.#running) this.#connection?.close(4000);
    });
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#events.status({ connection: "connecting" });
      let wait: number;
      try {
        wait = await this.#session(signal);
      } catch (why) {
        if (signal.aborted) return;
        if (asParleyError(why).code === "signed_out" || !this.#account.signedIn)
          return this.stop("signed-out");
        this.#nodes.shift();
        this.#events.failed(why);
        wait = this.#backoff.next();
      }
      if (signal.aborted) return;
      await this.#rest(wait, signal);
    }
  }

  async #rest(ms: number, signal: AbortSignal): Promise<void> {
    const retryAt = this.#env.clock.now() + ms;
    this.#events.status({ connection: "waiting", retryAt });
    this.#wake = new AbortController();
    if (!signal.aborted) await pause(this.#env.clock, ms, this.#wake.signal);
    this.#wake = undefined;
  }

  /** One connection from before to after. @returns how long to wait then. */
  async #session(signal: AbortSignal): Promise<number> {
    const token = await this.#account.token();
    const node = await this.#nextNode();
    const auth = { token, ...(await this.#events.beforeConnect()) };
    if (signal.aborted) return 0;
    const { code, wasReady } = await this.#connect(node, auth);
    const next = afterClose(code);
    if (signal.aborted) return 0;
    if (!wasReady || next === "elsewhere") this.#nodes.shift();
    switch (next) {
      case "protocol":
      case "replaced":
      case "signed-out":
        this.stop(next);
        return 0;
      case "ended":
        await this.#account.ended();
        this.stop("signed-out");
        return 0;
      case "refresh":
        await this.#account.refresh();
        return this.#backoff.next();
      case "pause":
        return PAUSE_MS * (1 + this.#env.random());
      default:
        return this.#waitForMove() ?? this.#backoff.next();
    }
  }

  #waitForMove(): number | undefined {
    const move = this.#move;
    if (!move) return undefined;
    this.#move = undefined;
    this.#nodes = shuffled(move.urls, this.#env.random);
    return Math.max(0, move.at - this.#env.clock.now());
  }

  async #nextNode(): Promise<string> {
    if (this.#nodes.length === 0) this.#nodes = await this.#discover();
    return this.#nodes[0] ?? "";
  }

  #connect(
    node: string,
    auth: Auth,
  ): Promise<{ code: number; wasReady: boolean }> {
    return new Promise((resolve) => {
      let wasReady = false;
      const connection = new Connection(this.#env, node, auth, {
        ready: (x) => {
          wasReady = true;
          this.#events.status({ connection: "catching-up" });
          this.#events.ready(connection, x);
        },
        objects: (all) => this.#events.objects(connection, all),
        closed: (code) => {
          this.#connection = undefined;
          this.#events.closed(connection, code);
          resolve({ code, wasReady });
        },
      });
      this.#connection = connection;
    });
  }
}

function shuffled(urls: readonly string[], random: () => number): string[] {
  const out = [...urls];
  for (let i = out.length - 1; i > 0; --i) {
    const j = Math.floor(random() * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}
