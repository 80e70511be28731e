import type { Presence } from "./api.js";
import type { Connection } from "./connection.js";
import type { Clock, TimerHandle } from "./environment.js";
import type { Model } from "./model.js";
import { presenceOf, type WireObject } from "./wire.js";

/** The server passes on one in this time. */
const TYPING_EVERY_MS = 2000;
/** After so long without another one somebody types no more. */
const TYPING_LASTS_MS = 5000;

/** What passes and is not kept: who types, who is there, who has read what. */
export class Passing {
  readonly #clock: Clock;
  readonly #model: Model;
  readonly #typists = new Map<string, TimerHandle>();
  readonly #typed = new Map<string, number>();
  #connection: Connection | undefined;
  #watched: readonly string[] = [];
  #status: "online" | "away" = "online";

  constructor(clock: Clock, model: Model) {
    this.#clock = clock;
    this.#model = model;
  }

  attach(connection: Connection): void {
    this.#connection = connection;
    this.#typed.clear();
    if (this.#watched.length > 0) this.#askPresence();
    if (this.#status === "away") this.setStatus("away");
  }

  detach(): void {
    this.#connection = undefined;
  }

  /** Whoever was typing. */
  forget(): void {
    for (const timer of this.#typists.values()) this.#clock.clearTimeout(timer);
    this.#typists.clear();
  }

  /** @returns whether this was something that passes. */
  take(x: WireObject, me: string): boolean {
    const user = x["user"] as string;
    const conv = x["conv"] as string;
    switch (x.t) {
      case "typing":
        this.#startTyping(conv, user);
        return true;
      case "presence":
        this.#tellPresence(x);
        return true;
      case "read":
      case "delivered":
        this.#model.moveCursor(conv, user, {
          [x.t === "read" ? "readSeq" : "deliveredSeq"]: x["seq"] as number,
        });
        return !(x.t === "read" && user === me);
      default:
        return false;
    }
  }

  typing(conv: string): void {
    const now = this.#clock.now();
    if (now - (this.#typed.get(conv) ?? -Infinity) < TYPING_EVERY_MS) return;
    if (!this.#connection) return;
    this.#typed.set(conv, now);
    this.#connection.post({ t: "typing", conv });
  }

  watch(users: readonly string[]): void {
    this.#watched = users;
    this.#askPresence();
  }

  setStatus(status: "online" | "away"): void {
    this.#status = status;
    this.#connection?.post({ t: "status", status });
  }

  /** A message of theirs is what they were typing. */
  stopTyping(conv: string, user: string): void {
    const key = typistKey(conv, user);
    if (!this.#typists.has(key)) return;
    this.#clock.clearTimeout(this.#typists.get(key));
    this.#typists.delete(key);
    const users = this.#model.typingIn(conv).filter((x) => x !== user);
    this.#model.tell({ type: "typing", conv, users });
  }

  #startTyping(conv: string, user: string): void {
    const key = typistKey(conv, user);
    const stop = () => this.stopTyping(conv, user);
    const timer = this.#clock.setTimeout(stop, TYPING_LASTS_MS);
    const before = this.#typists.get(key);
    this.#typists.set(key, timer);
    if (before !== undefined) return this.#clock.clearTimeout(before);
    const users = [...this.#model.typingIn(conv), user];
    this.#model.tell({ type: "typing", conv, users });
  }

  #askPresence(): void {
    this.#connection?.request({ t: "watch", users: this.#watched }).then(
      (x) => this.#tellPresence(x),
      // Asked again with the next connection.
      () => {},
    );
  }

  #tellPresence(x: WireObject): void {
    const items: Presence[] = (x["items"] as Record<string, unknown>[]).map(
      presenceOf,
    );
    this.#model.tell({ type: "presence", items });
  }
}

function typistKey(conv: string, user: string): string {
  return `${conv} ${user}`;
}
