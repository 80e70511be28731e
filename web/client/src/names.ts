import { ParleyError } from "./errors.js";
import type { Random } from "./environment.js";

const BODY_CHARS_MAX = 100_000;

/** The direct conversation of two users, or of one with themselves. */
export function directConversation(a: string, b: string): string {
  // Names are ASCII, so that comparing UTF-16 units is the order of bytes.
  return a < b ? `dm:${a}:${b}` : `dm:${b}:${a}`;
}

export function isGroup(conv: string): boolean {
  return conv.startsWith("g:");
}

/** The other user of a direct conversation; `me` in one's notes. */
export function peerOf(conv: string, me: string): string | undefined {
  const [kind, a, b] = conv.split(":");
  if (kind !== "dm" || a === undefined || b === undefined) return undefined;
  return a === me ? b : a;
}

/** A UUIDv7: its order is about that of time, which is kind to indexes. */
export function newCid(now: number, random: Random): string {
  const time = Math.floor(now).toString(16).padStart(12, "0").slice(-12);
  const digits = (count: number) => {
    let out = "";
    for (let i = 0; i < count; ++i)
      out += Math.floor(random() * 16).toString(16);
    return out;
  };
  const variant = (8 + Math.floor(random() * 4)).toString(16);
  const head = `${time.slice(0, 8)}-${time.slice(8)}`;
  return `${head}-7${digits(3)}-${variant}${digits(3)}-${digits(12)}`;
}

const LONE_SURROGATE =
  /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Throws what the server would answer to this body. */
export function checkBody(body: string): void {
  if (body.length === 0 || body.includes("\0") || LONE_SURROGATE.test(body))
    throw new ParleyError(
      "bad_request",
      "a body is text of at least one character, without U+0000",
    );
  if (body.length > BODY_CHARS_MAX && countChars(body) > BODY_CHARS_MAX)
    throw new ParleyError(
      "too_large",
      `a body has at most ${BODY_CHARS_MAX} characters`,
    );
}

function countChars(text: string): number {
  let count = 0;
  for (const _ of text) ++count;
  return count;
}

/** The beginning of a text, as previews show it. */
export function firstChars(text: string, max: number): string {
  if (text.length <= max) return text;
  return Array.from(text.slice(0, 2 * max))
    .slice(0, max)
    .join("");
}
