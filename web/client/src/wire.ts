/** What the server sends, as JSON has it, and how it becomes our types. */
import type {
  Conversation,
  Item,
  Member,
  MessageItem,
  Presence,
  Role,
} from "./api.js";
import { ParleyError } from "./errors.js";
import { isGroup, peerOf } from "./names.js";

/** One object of a frame. */
export interface WireObject {
  readonly t: string;
  readonly id?: number;
  readonly [field: string]: unknown;
}

const DURABLE = new Set([
  "msg",
  "edited",
  "deleted",
  "reacted",
  "group",
  "member",
  "lost",
]);

export function isDurable(x: WireObject): boolean {
  return DURABLE.has(x.t);
}

/** The objects of a frame; throws `bad_answer` if it is none. */
export function parseFrame(text: string): WireObject[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new ParleyError("bad_answer", "a frame that is not JSON");
  }
  const all = Array.isArray(parsed) ? (parsed as unknown[]) : [parsed];
  return all.filter(
    (x): x is WireObject =>
      typeof x === "object" &&
      x !== null &&
      "t" in x &&
      typeof x.t === "string",
  );
}

/** An event or an item of history; undefined for a kind that is not known. */
export function itemOf(x: WireObject): Item | undefined {
  const kind = x.t;
  const seq = x["seq"] as number;
  const conv = x["conv"] as string;
  if (kind === "lost") return { kind, conv, seq };
  const from = x["from"] as string;
  const head = { conv, seq, from, ts: x["ts"] as number };
  const ref = x["ref"] as number;
  const gone = x["deleted"] === true && { deleted: true as const };
  const body = typeof x["body"] === "string" && { body: x["body"] };
  switch (kind) {
    case "msg":
      return messageOf(x, head);
    case "edited":
      return { kind, ...head, ref, ...body, ...gone };
    case "deleted":
      return { kind, ...head, ref };
    case "reacted": {
      const emoji = x["emoji"] as string;
      return { kind, ...head, ref, emoji, on: x["on"] === true };
    }
    case "group":
      return {
        kind,
        ...head,
        ...pick("name", x["name"] as string | undefined),
        ...pick("members", x["members"] as string[] | undefined),
        ...gone,
      };
    case "member":
      return {
        kind,
        ...head,
        user: x["user"] as string,
        change: x["change"] as "added" | "removed" | "left" | "role",
        ...pick("role", x["role"] as Role | undefined),
      };
    default:
      return undefined;
  }
}

function messageOf(
  x: WireObject,
  head: { conv: string; seq: number; from: string; ts: number },
): MessageItem {
  const rest = { ...pick("replyTo", x["reply_to"] as number | undefined) };
  const cid = x["cid"] as string;
  if (x["deleted"] === true)
    return { kind: "msg", ...head, cid, ...rest, deleted: true };
  return {
    kind: "msg",
    ...head,
    cid,
    body: x["body"] as string,
    ...rest,
    ...pick("editedTs", x["edited_ts"] as number | undefined),
    ...pick("reactions", x["reactions"] as MessageItem["reactions"]),
  };
}

/** An entry of the list of conversations. */
export function conversationOf(x: WireObject, me: string): Conversation {
  const conv = x["conv"] as string;
  const last = x["last"] as WireObject | undefined;
  const item = last && itemOf(last);
  return {
    ...emptyConversation(conv, me),
    ...pick("name", x["name"] as string | undefined),
    ...(item?.kind === "msg" && { last: item }),
    lastSeq: x["last_seq"] as number,
    lastTs: x["last_ts"] as number,
    readSeq: x["read_seq"] as number,
    unread: x["unread"] as number,
    ...pick("mutedUntil", mutedUntil(x)),
    left: x["left"] === true,
  };
}

function mutedUntil(x: WireObject): number | undefined {
  const until = x["muted_until"];
  if (typeof until === "number") return until;
  return x["muted"] === true ? Number.MAX_SAFE_INTEGER : undefined;
}

export function emptyConversation(conv: string, me: string): Conversation {
  return {
    conv,
    ...(isGroup(conv)
      ? { kind: "group" as const }
      : { kind: "direct" as const, ...pick("peer", peerOf(conv, me)) }),
    lastSeq: 0,
    lastTs: 0,
    readSeq: 0,
    unread: 0,
    left: false,
  };
}

export function memberOf(x: Record<string, unknown>): Member {
  return {
    user: x["user"] as string,
    role: x["role"] as Role,
    readSeq: (x["read_seq"] as number | undefined) ?? 0,
    deliveredSeq: (x["delivered_seq"] as number | undefined) ?? 0,
  };
}

export function presenceOf(x: Record<string, unknown>): Presence {
  return {
    user: x["user"] as string,
    status: x["status"] as Presence["status"],
    ...pick("lastActive", x["last_active"] as number | undefined),
  };
}

/** The `error` frame, or an HTTP problem, as something to throw. */
export function errorOf(
  x: Record<string, unknown>,
  status?: number,
): ParleyError {
  const code = (x["code"] as string | undefined) ?? "bad_answer";
  const text = x["message"] ?? x["detail"] ?? x["title"] ?? code;
  const wait = x["retry_after_ms"];
  return new ParleyError(code, String(text), {
    status,
    retryable:
      typeof x["retryable"] === "boolean"
        ? x["retryable"]
        : code === "rate_limited" || code === "unavailable",
    retryAfterMs: typeof wait === "number" ? wait : undefined,
  });
}

/** An object with this member, or without it if there is no value. */
export function pick<K extends string, V>(
  key: K,
  value: V | undefined,
): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}
