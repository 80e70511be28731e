import { ParleyError } from "parley-client";

/** What went wrong, as one says it to a person. */
export function explain(why: unknown): string {
  const { code, message } =
    why instanceof ParleyError
      ? why
      : { code: "", message: why instanceof Error ? why.message : String(why) };
  return texts[code] ?? capital(message);
}

const texts: Record<string, string> = {
  network: "The server cannot be reached. Try again in a moment.",
  unavailable: "The server is busy. Try again in a moment.",
  internal: "The server failed. Try again in a moment.",
  rate_limited: "That was too much at once. Try again in a moment.",
  group_full: "A group has at most 100 members.",
  too_large: "A message has at most 100,000 characters.",
  signed_out: "You are signed out.",
};

/** Why a message could not be sent. */
export function explainRefusal(code: string, message: string): string {
  if (code === "forbidden") return "You cannot write here.";
  if (code === "not_found") return "This conversation is no longer there.";
  return texts[code] ?? capital(message);
}

function capital(text: string): string {
  const sentence = text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
