/** What tabs say to each other. */
import type { ClientEvent } from "./api.js";
import { asParleyError, ParleyError } from "./errors.js";
import type { Patch } from "./store.js";

/** The part of a BroadcastChannel that is used. */
export interface ChannelLike {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

/** The part of the Web Locks API that is used. */
export interface LocksLike {
  request(
    name: string,
    options: { signal?: AbortSignal },
    held: () => Promise<void>,
  ): Promise<unknown>;
}

/** An error as it goes through a channel. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly status?: number | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs?: number | undefined;
}

export type TabMessage =
  /** From the leader to all: it leads now. */
  | { readonly is: "leader" }
  /** From the leader to all: this was stored, this happened. */
  | {
      readonly is: "patch";
      readonly patch: Patch;
      readonly events: readonly ClientEvent[];
    }
  | { readonly is: "event"; readonly event: ClientEvent }
  /** From a new tab to the leader, and the answer. */
  | { readonly is: "hello"; readonly from: string }
  | {
      readonly is: "welcome";
      readonly to: string;
      readonly events: readonly ClientEvent[];
    }
  /** From a tab that goes. */
  | { readonly is: "bye"; readonly from: string }
  /** From a tab to the leader, and the answer. */
  | {
      readonly is: "call";
      readonly from: string;
      readonly id: number;
      readonly method: string;
      readonly args: readonly unknown[];
    }
  | {
      readonly is: "result";
      readonly to: string;
      readonly id: number;
      readonly value?: unknown;
      readonly failure?: Failure;
    };

export function failureOf(thrown: unknown): Failure {
  const { code, message, status, retryable, retryAfterMs } =
    asParleyError(thrown);
  return { code, message, status, retryable, retryAfterMs };
}

export function errorFrom(x: Failure): ParleyError {
  return new ParleyError(x.code, x.message, x);
}

/** An event as the other end of a channel needs it: errors do not survive. */
export function portable(event: ClientEvent): ClientEvent {
  if (event.type !== "error") return event;
  return { type: "error", error: failureOf(event.error) as ParleyError };
}

export function restored(event: ClientEvent): ClientEvent {
  if (event.type !== "error") return event;
  return { type: "error", error: errorFrom(event.error) };
}
