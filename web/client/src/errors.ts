/** Codes that stand for failures on this side of the wire. */
export type LocalCode =
  | "network" // The server could not be reached, or went away.
  | "signed_out" // There is no login (any more).
  | "discarded" // The act was taken out of the outbox.
  | "closed" // The client was closed.
  | "bad_answer"; // The server answered something that is not the protocol.

/** Codes that the server gives. More may come. */
export type ServerCode =
  | "bad_frame"
  | "unknown_type"
  | "bad_request"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "cid_conflict"
  | "too_large"
  | "group_full"
  | "rate_limited"
  | "internal"
  | "unavailable";

export type ErrorCode = LocalCode | ServerCode | (string & {});

export interface ErrorDetails {
  /** Of an HTTP answer. */
  status?: number | undefined;
  retryable?: boolean | undefined;
  retryAfterMs?: number | undefined;
}

/** Every failure that the library tells about. */
export class ParleyError extends Error {
  override readonly name = "ParleyError";
  readonly code: ErrorCode;
  readonly status: number | undefined;
  /** The same again may succeed. */
  readonly retryable: boolean;
  /** The server asks to wait so long. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.code = code;
    this.status = details.status;
    this.retryable = details.retryable ?? false;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** Whatever was thrown, as an error of this library. */
export function asParleyError(thrown: unknown): ParleyError {
  if (thrown instanceof ParleyError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new ParleyError("network", text, { retryable: true });
}
