/** What the library needs of the world around it; all of it can be replaced. */

export type TimerHandle = unknown;

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  setTimeout(callback: () => void, ms: number): TimerHandle;
  clearTimeout(handle: TimerHandle): void;
}

/** A number of [0, 1), as `Math.random` gives. */
export type Random = () => number;

/** The part of a WebSocket that is used; those of browsers and of `ws` fit. */
export interface WebSocketLike {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
}

export type WebSocketClass = new (
  url: string,
  protocols?: string | string[],
) => WebSocketLike;

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

export interface Environment {
  readonly clock: Clock;
  readonly random: Random;
  readonly fetch: Fetch;
  readonly WebSocket: WebSocketClass;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (handle) =>
    clearTimeout(handle as ReturnType<typeof setTimeout>),
};

/** Random numbers as good as the platform has them: `cid`s are made of them. */
export function systemRandom(): number {
  const crypto = globalThis.crypto as Crypto | undefined;
  if (!crypto) return Math.random();
  const word = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  return word / 0x1_0000_0000;
}

/** Fills what is not given from the platform. */
export function environmentOf(given: {
  [K in keyof Environment]?: Environment[K] | undefined;
}): Environment {
  const socket =
    given.WebSocket ??
    (globalThis.WebSocket as unknown as WebSocketClass | undefined);
  if (!socket)
    throw new Error("parley-client: no WebSocket here; pass one as an option");
  return {
    clock: given.clock ?? systemClock,
    random: given.random ?? systemRandom,
    fetch: given.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    WebSocket: socket,
  };
}

/** Resolves after `ms`, or at once when `signal` is aborted. */
export function pause(
  clock: Clock,
  ms: number,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clock.clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = clock.setTimeout(done, ms);
    if (signal?.aborted) done();
    else signal?.addEventListener("abort", done);
  });
}
