import { useEffect } from "preact/hooks";
import type { GroupItem, LostItem, MemberItem } from "parley-client";
import { useClient } from "../core/client";
import { dayName, fullTimeOf, listOf } from "../core/format";
import { useNames } from "../core/profiles";
import { saying } from "../ui/toast";

const GAP_PAGE = 200;

export function DayRow({ at, ts }: { at: number; ts: number }) {
  return (
    <div class="row-day" data-at={at} role="article" aria-label={dayName(ts)}>
      <span>{dayName(ts)}</span>
    </div>
  );
}

export function UnreadRow({ at }: { at: number }) {
  return (
    <div class="row-unread" data-at={at} role="article" aria-label="Unread">
      <span>New messages</span>
    </div>
  );
}

/** Entries that are not here: fetched when one comes near. */
export function GapRow({
  conv,
  at,
  from,
  to,
}: {
  conv: string;
  at: number;
  from: number;
  to: number;
}) {
  const client = useClient();
  useEffect(() => {
    void saying(
      client.ensureRange(conv, Math.max(from, to - GAP_PAGE + 1), to),
    );
  }, [conv, from, to]);
  return (
    <div class="row-gap" data-at={at} role="article" aria-label="Loading">
      <span class="spinner" />
    </div>
  );
}

export function EventRow({
  at,
  item,
  me,
}: {
  at: number;
  item: GroupItem | MemberItem | LostItem;
  me: string;
}) {
  const nameOf = useNames(usersIn(item));
  const who = (user: string) => (user === me ? "you" : nameOf(user));
  const text = describe(item, who).replace(/^you\b/, "You");
  return (
    <div
      class="row-event"
      data-at={at}
      role="article"
      aria-label={text}
      title={item.kind === "lost" ? undefined : fullTimeOf(item.ts)}
    >
      <bdi>{text}</bdi>
    </div>
  );
}

function usersIn(item: GroupItem | MemberItem | LostItem): string[] {
  if (item.kind === "lost") return [];
  if (item.kind === "member") return [item.from, item.user];
  return [item.from, ...(item.members ?? []).slice(0, 4)];
}

function describe(
  item: GroupItem | MemberItem | LostItem,
  who: (user: string) => string,
): string {
  if (item.kind === "lost") return "An entry was lost";
  const from = who(item.from);
  if (item.kind === "group") {
    if (item.deleted) return `${from} deleted the group`;
    if (!item.members) return `${from} renamed the group to “${item.name}”`;
    const others = item.members.filter((x) => x !== item.from).map(who);
    if (others.length === 0) return `${from} created the group`;
    return `${from} created the group with ${listOf(others)}`;
  }
  const user = who(item.user);
  switch (item.change) {
    case "added":
      return `${from} added ${user}`;
    case "removed":
      return `${from} removed ${user}`;
    case "left":
      return `${user} left`;
    case "role": {
      const role = item.role ?? "member";
      const as = role === "member" ? "a member" : `an ${role}`;
      return `${from} made ${user} ${as}`;
    }
  }
}
