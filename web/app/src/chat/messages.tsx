import type { RefObject } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useClient } from "../core/client";
import { count } from "../core/format";
import { useRead } from "../core/use_read";
import { Icon } from "../ui/icon";
import { say, saying } from "../ui/toast";
import { folded } from "./body";
import { Beginning } from "./beginning";
import { DayRow, EventRow, GapRow, UnreadRow } from "./event_row";
import { markOf, reachOf } from "./marks";
import { Message, Unsent } from "./message";
import { keyOf, rowsOf, type Row } from "./rows";
import type { Thread } from "./thread";
import { VirtualList, type ListHandle } from "./virtual_list";

const OLDER_PAGE = 200;
/** Older ones are fetched when so little of what is here lies above. */
const OLDER_FROM_PX = 3000;
const FLASH_MS = 1600;

export interface MessagesHandle {
  goTo(seq: number): void;
  toEnd(): void;
}

/** The rows of a conversation, however many there are. */
export function Messages({
  conv,
  thread,
  handle,
}: {
  conv: string;
  thread: Thread;
  handle: RefObject<MessagesHandle | null>;
}) {
  const client = useClient();
  const list = useRef<ListHandle>(null);
  const older = useOlder(conv);
  const reading = useReading(conv);
  const rows = useRows(conv, thread.me, reading.isReading);
  const { me } = thread;
  const [active, setActive] = useState<number>();
  const [flash, setFlash] = useState<number>();
  const members = useRead(
    ["members"],
    () => client.members(conv),
    (event) => event.conv === conv,
  );
  const reach = useMemo(
    () => reachOf(members, thread.me),
    [members, thread.me],
  );

  const goTo = async (seq: number) => {
    if (!thread.find(seq)) {
      try {
        await client.ensureRange(conv, Math.max(1, seq - 30), seq + 30);
      } catch {
        return say("This message cannot be fetched now.");
      }
    }
    list.current?.reveal(seq);
    setFlash(seq);
    setTimeout(() => setFlash(undefined), FLASH_MS);
  };
  handle.current = {
    goTo: (seq) => void goTo(seq),
    toEnd: () => list.current?.toEnd(),
  };

  const move = (event: KeyboardEvent) => {
    const to = neighbour(rows, event);
    if (to === undefined) return;
    event.preventDefault();
    setActive(to);
    list.current?.reveal(to);
    // It may have to be drawn first.
    requestAnimationFrame(() => focusRow(to));
  };

  const last = rows.findLast(isFocusable)?.at;
  const roving = active !== undefined && has(rows, active) ? active : last;
  const drawRow = (row: Row, index: number) => {
    const common = {
      thread,
      at: row.at,
      position: index + 1,
      active: row.at === roving,
    };
    switch (row.kind) {
      case "message": {
        const { message, acts, first } = row;
        const mine = message.from === thread.me;
        const mark = mine ? markOf(message.seq, reach) : undefined;
        const props = { message, acts, first, mark, flash: flash === row.at };
        return <Message key={keyOf(row)} {...common} {...props} />;
      }
      case "unsent": {
        const { entry, first } = row;
        return <Unsent key={keyOf(row)} {...common} {...{ entry, first }} />;
      }
      case "day":
        return <DayRow key={keyOf(row)} at={row.at} ts={row.ts} />;
      case "unread":
        return <UnreadRow key={keyOf(row)} at={row.at} />;
      case "gap": {
        const { at, from, to } = row;
        return <GapRow key={keyOf(row)} {...{ conv, at, from, to }} />;
      }
      case "event":
        return (
          <EventRow
            key={keyOf(row)}
            at={row.at}
            item={row.item}
            me={thread.me}
          />
        );
    }
  };

  return (
    <div class="messages">
      <VirtualList
        rows={rows}
        estimate={estimate}
        render={drawRow}
        handle={list}
        label="Messages"
        busy={older.loading}
        onKeyDown={move}
        onView={({ above, atEnd }) => {
          if (above < OLDER_FROM_PX) older.load();
          reading.setAtEnd(atEnd);
        }}
      >
        {older.loading ? (
          <div class="spinner loading-older" />
        ) : (
          !client.timeline(conv).hasOlder && <Beginning {...{ conv, me }} />
        )}
      </VirtualList>
      {!reading.atEnd && (
        <button
          type="button"
          class="to-end"
          onClick={() => list.current?.toEnd()}
        >
          <Icon name="down" />
          <span class={reading.unread > 0 ? "" : "hidden"}>
            {reading.unread > 0
              ? count(reading.unread, "new message")
              : "To the newest message"}
          </span>
        </button>
      )}
    </div>
  );
}

function useRows(conv: string, me: string, isReading: boolean): Row[] {
  const client = useClient();
  const timeline = useRead(
    ["timeline"],
    () => client.timeline(conv),
    (event) => event.conv === conv,
  );
  const unreadFrom = useUnreadFrom(conv, isReading);
  const before = useRef<Row[]>([]);
  return useMemo(
    () => (before.current = rowsOf(timeline, me, unreadFrom, before.current)),
    [timeline, me, unreadFrom],
  );
}

/** The line above what was new stays where it was when one came to look. */
function useUnreadFrom(conv: string, isReading: boolean): number | undefined {
  const client = useClient();
  const firstUnread = () => {
    const known = client.conversation(conv);
    return known?.unread ? known.readSeq + 1 : undefined;
  };
  const at = useRef<number | undefined>(firstUnread());
  const wasReading = useRef(isReading);
  if (!isReading && (wasReading.current || at.current === undefined))
    at.current = firstUnread();
  wasReading.current = isReading;
  return at.current;
}

/** Fetches history while one scrolls towards it. */
function useOlder(conv: string): { loading: boolean; load(): void } {
  const client = useClient();
  const [loading, setLoading] = useState(true);
  const state = useRef({ busy: true, failed: false });
  useEffect(() => {
    state.current = { busy: true, failed: false };
    const opened = () => {
      state.current.busy = false;
      setLoading(false);
    };
    client.open(conv).then(opened, opened);
    // What could not be fetched is tried again with the next connection.
    return client.on("state", ({ state: { connection } }) => {
      if (connection === "online") state.current.failed = false;
    });
  }, [client, conv]);
  const load = async () => {
    if (state.current.busy || state.current.failed) return;
    if (!client.timeline(conv).hasOlder) return;
    state.current.busy = true;
    setLoading(true);
    try {
      await client.loadOlder(conv, OLDER_PAGE);
    } catch {
      state.current.failed = true;
    }
    state.current.busy = false;
    setLoading(false);
  };
  return { loading, load: () => void load() };
}

/** What is at the end of the view has been read, while somebody looks. */
function useReading(conv: string) {
  const client = useClient();
  const [atEnd, setAtEnd] = useState(true);
  const [seen, setSeen] = useState(isSeen());
  useEffect(() => {
    const look = () => setSeen(isSeen());
    const names = ["focus", "blur", "visibilitychange"];
    for (const name of names) addEventListener(name, look);
    return () => {
      for (const name of names) removeEventListener(name, look);
    };
  }, []);
  const conversation = useRead(
    ["conversation", "conversations"],
    () => client.conversation(conv),
    () => true,
  );
  const { unread = 0, lastSeq = 0, readSeq = 0 } = conversation ?? {};
  useEffect(() => {
    if (atEnd && seen && readSeq < lastSeq) void saying(client.markRead(conv));
  }, [conv, atEnd, seen, readSeq < lastSeq, lastSeq]);
  return { atEnd, setAtEnd, unread, isReading: atEnd && seen };
}

function isSeen(): boolean {
  return !document.hidden && document.hasFocus();
}

/** A guess of a row's height, until it has been drawn. */
function estimate(row: Row): number {
  if (row.kind === "day" || row.kind === "unread") return 44;
  if (row.kind === "event") return 32;
  if (row.kind === "gap") return 64;
  const text =
    row.kind === "message"
      ? (row.message.body ?? "")
      : row.entry.act.kind === "send"
        ? row.entry.act.body
        : "";
  const lines = text.length < 60 ? 1 : linesOf(folded(text));
  return 22 + 21 * lines + (row.first ? 10 : 0);
}

function linesOf(text: string): number {
  return text
    .split("\n")
    .reduce((sum, line) => sum + 1 + Math.floor(line.length / 72), 0);
}

// ---------------------------------------------------------------- keyboard

function isFocusable(row: Row): boolean {
  return row.kind === "message" || row.kind === "unsent";
}

function has(rows: readonly Row[], at: number): boolean {
  return rows.some((row) => row.at === at);
}

/** Where a key leads from the message that has the focus. */
function neighbour(
  rows: readonly Row[],
  event: KeyboardEvent,
): number | undefined {
  const target = event.target as HTMLElement;
  if (target.tagName !== "ARTICLE") return undefined;
  const at = rows.findIndex((x) => x.at === Number(target.dataset["at"]));
  switch (event.key) {
    case "ArrowUp":
      return rows.slice(0, at).findLast(isFocusable)?.at;
    case "ArrowDown":
      return rows.slice(at + 1).find(isFocusable)?.at;
    case "Home":
      return rows.find(isFocusable)?.at;
    case "End":
      return rows.findLast(isFocusable)?.at;
    default:
      return undefined;
  }
}

function focusRow(at: number): void {
  document
    .querySelector<HTMLElement>(`article[data-at="${at}"]`)
    ?.focus({ preventScroll: true });
}
