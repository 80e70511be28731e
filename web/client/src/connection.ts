import type { Environment, TimerHandle, WebSocketLike } from "./environment.js";
import { ParleyError } from "./errors.js";
import { errorOf, parseFrame, type WireObject } from "./wire.js";

const SUBPROTOCOL = "parley.v1";
/** From the beginning to `ready`. */
const OPEN_TIMEOUT_MS = 20_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** How long a `ping` may stay unanswered. */
const PONG_TIMEOUT_MS = 10_000;
const DEFAULT_PING_MS = 25_000;
/** The close code when the other side says nothing any more. */
const ABNORMAL = 1006;

export interface Auth {
  readonly token: string;
  readonly device: string;
  readonly since?: number;
}

export interface ConnectionEvents {
  /** Authenticated: the session has begun. */
  ready(x: WireObject): void;
  /** All that is no answer to `request`, in the order it came. */
  objects(all: readonly WireObject[]): void;
  /** Once, whatever the reason; nothing comes after it. */
  closed(code: number): void;
}

interface Waiting {
  resolve(x: WireObject): void;
  reject(why: ParleyError): void;
  timer: TimerHandle;
}

/** One WebSocket to a node, from its opening to its end. */
export class Connection {
  readonly #env: Environment;
  readonly #events: ConnectionEvents;
  readonly #socket: WebSocketLike;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #authId: number | undefined;
  #ready = false;
  #closed = false;
  #pingMs = DEFAULT_PING_MS;
  #pinged = false;
  #timer: TimerHandle;

  constructor(
    env: Environment,
    url: string,
    auth: Auth,
    events: ConnectionEvents,
  ) {
    this.#env = env;
    this.#events = events;
    this.#socket = new env.WebSocket(socketUrl(url), [SUBPROTOCOL]);
    this.#socket.onmessage = (event: { data: unknown }) =>
      this.#onMessage(event.data, auth);
    this.#socket.onclose = (event: { code: number }) => this.#end(event.code);
    // The close event follows.
    this.#socket.onerror = () => {};
    const late = () => this.close(ABNORMAL);
    this.#timer = env.clock.setTimeout(late, OPEN_TIMEOUT_MS);
  }

  get isReady(): boolean {
    return this.#ready && !this.#closed;
  }

  /** Sends what has no answer, or one that comes with `objects`. */
  post(x: { t: string } & Record<string, unknown>): void {
    if (!this.#closed) this.#socket.send(JSON.stringify(x));
  }

  /** An `id` for a `post` whose answer comes with `objects`. */
  nextId(): number {
    return ++this.#lastId;
  }

  /** Sends a request. Rejects with what the server, or the network, says. */
  request(x: { t: string } & Record<string, unknown>): Promise<WireObject> {
    if (!this.isReady) return Promise.reject(gone());
    const id = this.nextId();
    const { clock } = this.#env;
    return new Promise((resolve, reject) => {
      const timer = clock.setTimeout(() => {
        this.#waiting.delete(id);
        reject(gone());
      }, REQUEST_TIMEOUT_MS);
      this.#waiting.set(id, { resolve, reject, timer });
      this.post({ ...x, id });
    });
  }

  /** Ends it now; `closed` is told this code, whatever the server says. */
  close(code: number): void {
    if (this.#closed) return;
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
    this.#socket.close();
    this.#end(code);
  }

  #end(code: number): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#env.clock.clearTimeout(this.#timer);
    for (const { reject, timer } of this.#waiting.values()) {
      this.#env.clock.clearTimeout(timer);
      reject(gone());
    }
    this.#waiting.clear();
    this.#events.closed(code);
  }

  #onMessage(data: unknown, auth: Auth): void {
    let all: WireObject[];
    try {
      all = parseFrame(String(data));
    } catch {
      return this.close(ABNORMAL);
    }
    this.#heard();
    const rest: WireObject[] = [];
    for (const x of all) {
      if (x.t === "hello") this.#onHello(x, auth);
      else if (!this.#ready) this.#onAnswerToAuth(x);
      else if (!this.#onReply(x)) rest.push(x);
    }
    if (rest.length > 0 && !this.#closed) this.#events.objects(rest);
  }

  #onHello(x: WireObject, auth: Auth): void {
    if (typeof x["ping_ms"] === "number") this.#pingMs = x["ping_ms"];
    this.#authId = this.nextId();
    this.post({ t: "auth", id: this.#authId, ...auth });
  }

  #onAnswerToAuth(x: WireObject): void {
    if (x.id !== this.#authId || this.#closed) return;
    if (x.t === "ready") {
      this.#ready = true;
      this.#heard();
      this.#events.ready(x);
    } else if (x["code"] !== "unauthenticated") {
      // What is wrong with the token, the close code says.
      this.close(ABNORMAL);
    }
  }

  #onReply(x: WireObject): boolean {
    const waiting = x.id === undefined ? undefined : this.#waiting.get(x.id);
    if (!waiting || x.id === undefined) return x.t === "pong";
    this.#waiting.delete(x.id);
    this.#env.clock.clearTimeout(waiting.timer);
    if (x.t === "error") waiting.reject(errorOf(x));
    else waiting.resolve(x);
    return true;
  }

  /** Something came: the next look is after the server should have pinged. */
  #heard(): void {
    if (!this.#ready || this.#closed) return;
    this.#pinged = false;
    this.#env.clock.clearTimeout(this.#timer);
    this.#timer = this.#env.clock.setTimeout(
      () => this.#onSilence(),
      this.#pingMs,
    );
  }

  /** A browser does not show the server's pings, so the client asks itself. */
  #onSilence(): void {
    if (this.#pinged) return this.close(ABNORMAL);
    this.#pinged = true;
    this.post({ t: "ping" });
    this.#timer = this.#env.clock.setTimeout(
      () => this.#onSilence(),
      PONG_TIMEOUT_MS,
    );
  }
}

function socketUrl(origin: string): string {
  return `${origin.replace(/^http/, "ws").replace(/\/+$/, "")}/v1/ws`;
}

function gone(): ParleyError {
  return new ParleyError("network", "the connection is gone", {
    retryable: true,
  });
}
