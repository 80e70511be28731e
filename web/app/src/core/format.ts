const DAY_MS = 86_400_000;

const time = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long" });
const short = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
});
const long = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const full = new Intl.DateTimeFormat(undefined, {
  dateStyle: "full",
  timeStyle: "medium",
});

export const timeOf = (ts: number) => time.format(ts);
export const fullTimeOf = (ts: number) => full.format(ts);

/** A number that is the same for all moments of one local day. */
export function dayOf(ts: number): number {
  const date = new Date(ts);
  return Math.floor((ts - date.getTimezoneOffset() * 60_000) / DAY_MS);
}

export function dayName(ts: number, now = Date.now()): string {
  const days = dayOf(now) - dayOf(ts);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  if (days > 1 && days < 7) return weekday.format(ts);
  return long.format(ts);
}

/** As short as a list has room for. */
export function whenInList(ts: number, now = Date.now()): string {
  const days = dayOf(now) - dayOf(ts);
  if (days <= 0) return timeOf(ts);
  if (days === 1) return "Yesterday";
  if (days < 7) return weekday.format(ts);
  return short.format(ts);
}

export function lastActive(ts: number, now = Date.now()): string {
  const minutes = Math.floor((now - ts) / 60_000);
  if (minutes < 1) return "active just now";
  if (minutes < 60) return `active ${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `active ${hours} h ago`;
  return `active ${whenInList(ts, now)}`;
}

export function count(
  number: number,
  one: string,
  many = `${one}s`,
): string {
  return `${number.toLocaleString()} ${number === 1 ? one : many}`;
}

/** "Alice", "Alice and Bob", "Alice, Bob and 3 others". */
export function listOf(names: readonly string[], most = 3): string {
  const shown = names.slice(0, most);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(", ")} and ${count(rest, "other")}`;
  const last = shown.pop() ?? "";
  return shown.length > 0 ? `${shown.join(", ")} and ${last}` : last;
}
