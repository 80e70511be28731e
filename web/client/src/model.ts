import type {
  ClientEvent,
  ClientState,
  Conversation,
  Item,
  Member,
  OutboxEntry,
  Presence,
  Timeline,
} from "./api.js";
import { Emitter } from "./emitter.js";
import { Rows } from "./rows.js";
import type { Patch, Store, StoredItem, StoredState } from "./store.js";

/** Entries of a conversation that are kept in memory, the newest ones. */
export const ITEMS_IN_MEMORY = 5000;

/** How far a member has come; never goes back. */
export type Cursors = Pick<Member, "readSeq" | "deliveredSeq">;

/** Entries that are being read, and what came for them meanwhile. */
interface Reading {
  rows: Promise<Rows>;
  cleared: boolean;
  meanwhile: StoredItem[];
}

/**
 * What can be read of a client: the part of the store that is in memory, and
 * what is not worth storing. It changes by patches only, after they are
 * stored, so that nothing is seen which a crash could take back; tabs that
 * share a connection keep their models alike by passing the patches on.
 */
export class Model {
  readonly emitter = new Emitter();
  readonly #store: Pick<Store, "loadItems">;
  #state: ClientState;
  #conversations = new Map<string, Conversation>();
  #list: readonly Conversation[] | undefined;
  readonly #rows = new Map<string, Rows>();
  readonly #reading = new Map<string, Reading>();
  readonly #timelines = new Map<string, Timeline>();
  #outbox: readonly OutboxEntry[] = [];
  readonly #members = new Map<string, readonly Member[]>();
  /** By conversation and user: what was told, which an answer may not know. */
  readonly #cursors = new Map<string, Cursors>();
  readonly #typing = new Map<string, readonly string[]>();
  readonly #presence = new Map<string, Presence>();
  useq: number | undefined;

  constructor(
    store: Pick<Store, "loadItems">,
    stored: StoredState,
    state: ClientState,
  ) {
    this.#store = store;
    this.#state = state;
    this.useq = stored.useq;
    for (const x of stored.conversations) this.#conversations.set(x.conv, x);
    this.#outbox = stored.outbox;
  }

  // ---------------------------------------------------------------- reading

  get state(): ClientState {
    return this.#state;
  }

  conversations(): readonly Conversation[] {
    return (this.#list ??= [...this.#conversations.values()].sort(newerFirst));
  }

  conversation(conv: string): Conversation | undefined {
    return this.#conversations.get(conv);
  }

  timeline(conv: string): Timeline {
    let out = this.#timelines.get(conv);
    if (!out) this.#timelines.set(conv, (out = this.#makeTimeline(conv)));
    return out;
  }

  outbox(): readonly OutboxEntry[] {
    return this.#outbox;
  }

  members(conv: string): readonly Member[] {
    return this.#members.get(conv) ?? [];
  }

  typingIn(conv: string): readonly string[] {
    return this.#typing.get(conv) ?? [];
  }

  presenceOf(user: string): Presence | undefined {
    return this.#presence.get(user);
  }

  /** Entries that were read from the store already. */
  rows(conv: string): Rows | undefined {
    return this.#rows.get(conv);
  }

  loaded(): string[] {
    return [...this.#rows.keys()];
  }

  get isReading(): boolean {
    return this.#reading.size > 0;
  }

  /** Reads a conversation's entries from the store, the first time. */
  async loadRows(conv: string): Promise<Rows> {
    const known = this.#rows.get(conv);
    if (known) return known;
    const reading = this.#reading.get(conv);
    if (reading) return reading.rows;
    const started: Reading = {
      rows: Promise.resolve().then(() => this.#read(conv, started)),
      cleared: false,
      meanwhile: [],
    };
    this.#reading.set(conv, started);
    return started.rows;
  }

  async #read(conv: string, reading: Reading): Promise<Rows> {
    try {
      const stored = await this.#store.loadItems(conv, ITEMS_IN_MEMORY);
      const rows = new Rows();
      if (!reading.cleared) rows.put(stored);
      rows.put(reading.meanwhile);
      this.#rows.set(conv, rows);
      this.#timelineChanged(conv, rows.items(), false);
      return rows;
    } finally {
      this.#reading.delete(conv);
    }
  }

  // --------------------------------------------------------------- changing

  /** Takes in what has been stored; then tells `events`, about the same. */
  apply(patch: Patch, events: readonly ClientEvent[] = []): void {
    if (patch.useq !== undefined) this.useq = patch.useq ?? undefined;
    const changed = new Map<string, Item[]>();
    const cleared = this.#clear(patch);
    const told = this.#putConversations(patch, changed);
    this.#putItems(patch.items ?? [], changed);
    const outbox = this.#putOutbox(patch, changed);
    for (const conv of cleared) this.#timelineChanged(conv, [], true);
    for (const [conv, items] of changed)
      this.#timelineChanged(conv, items, false);
    for (const event of [...told, ...outbox, ...events])
      this.emitter.emit(event);
  }

  /** Somebody has come so far, who may not be known as a member yet. */
  moveCursor(conv: string, user: string, to: Partial<Cursors>): void {
    const key = cursorKey(conv, user);
    const before = this.#cursors.get(key) ?? { readSeq: 0, deliveredSeq: 0 };
    const now = newest(before, { ...before, ...to });
    this.#cursors.set(key, now);
    const members = this.members(conv);
    const at = members.find((x) => x.user === user);
    if (at && (at.readSeq < now.readSeq || at.deliveredSeq < now.deliveredSeq))
      this.tell({ type: "members", conv, members });
  }

  /** Takes in and tells what is not stored. */
  tell(event: ClientEvent): void {
    if (event.type === "members") return this.#tellMembers(event);
    if (event.type === "state") this.#state = event.state;
    else if (event.type === "typing") this.#typing.set(event.conv, event.users);
    else if (event.type === "presence")
      for (const each of event.items) this.#presence.set(each.user, each);
    this.emitter.emit(event);
  }

  #tellMembers(event: Extract<ClientEvent, { type: "members" }>): void {
    const members = event.members.map((x) => {
      const told = this.#cursors.get(cursorKey(event.conv, x.user));
      return told ? { ...x, ...newest(x, told) } : x;
    });
    this.#members.set(event.conv, members);
    this.emitter.emit({ ...event, members });
  }

  /** What a tab that comes later has to be told. */
  passing(): ClientEvent[] {
    const typing = [...this.#typing].map(
      ([conv, users]) => ({ type: "typing", conv, users }) as const,
    );
    const members = [...this.#members].map(
      ([conv, all]) => ({ type: "members", conv, members: all }) as const,
    );
    return [
      { type: "state", state: this.#state },
      { type: "presence", items: [...this.#presence.values()] },
      ...members,
      ...typing,
    ];
  }

  /** Forgets what is known of others, for another user signs in. */
  forgetPassing(): void {
    this.#members.clear();
    this.#cursors.clear();
    this.#typing.clear();
    this.#presence.clear();
  }

  #clear(patch: Patch): string[] {
    const all = patch.clear || patch.clearConversations;
    if (patch.clear) this.#outbox = [];
    if (all) {
      this.#conversations = new Map();
      this.#list = undefined;
      this.#timelines.clear();
    }
    if (!all && !patch.clearItems) return [];
    for (const reading of this.#reading.values()) {
      reading.cleared = true;
      reading.meanwhile = [];
    }
    const cleared = [...this.#rows.keys()];
    for (const conv of cleared) this.#rows.set(conv, new Rows());
    return cleared;
  }

  #putConversations(patch: Patch, changed: Map<string, Item[]>): ClientEvent[] {
    const told: ClientEvent[] = [];
    let listed = patch.clear === true || patch.clearConversations === true;
    for (const conversation of patch.conversations ?? []) {
      const { conv, lastSeq } = conversation;
      const before = this.#conversations.get(conv);
      listed ||= before === undefined;
      if (before?.lastSeq !== lastSeq && this.#rows.has(conv))
        changed.set(conv, []);
      this.#conversations.set(conv, conversation);
      this.#list = undefined;
      told.push({ type: "conversation", conversation });
    }
    if (listed) told.push({ type: "conversations" });
    return told;
  }

  #putItems(items: readonly StoredItem[], changed: Map<string, Item[]>): void {
    const byConv = new Map<string, StoredItem[]>();
    for (const row of items) {
      const some = byConv.get(row.item.conv);
      if (some) some.push(row);
      else byConv.set(row.item.conv, [row]);
    }
    for (const [conv, rows] of byConv) {
      this.#reading.get(conv)?.meanwhile.push(...rows);
      const known = this.#rows.get(conv);
      if (!known) continue;
      known.put(rows);
      changed.set(
        conv,
        rows.map((row) => row.item),
      );
    }
  }

  #putOutbox(patch: Patch, changed: Map<string, Item[]>): ClientEvent[] {
    const { outboxPut = [], outboxRemove = [] } = patch;
    if (outboxPut.length + outboxRemove.length === 0) return [];
    const entries = new Map(this.#outbox.map((x) => [x.cid, x]));
    const told: ClientEvent[] = [];
    const touch = (entry: OutboxEntry, removed: boolean) => {
      told.push({ type: "outbox", entry, removed });
      if (!changed.has(entry.conv)) changed.set(entry.conv, []);
    };
    for (const entry of outboxPut) {
      entries.set(entry.cid, entry);
      touch(entry, false);
    }
    for (const cid of outboxRemove) {
      const entry = entries.get(cid);
      if (entry && entries.delete(cid)) touch(entry, true);
    }
    this.#outbox = [...entries.values()].sort((a, b) => a.order - b.order);
    return told;
  }

  #timelineChanged(
    conv: string,
    items: readonly Item[],
    cleared: boolean,
  ): void {
    this.#timelines.delete(conv);
    this.emitter.emit({ type: "timeline", conv, items, cleared });
  }

  #makeTimeline(conv: string): Timeline {
    const rows = this.#rows.get(conv);
    const lastSeq = this.#conversations.get(conv)?.lastSeq ?? 0;
    const first = rows?.first;
    return {
      conv,
      items: rows?.items() ?? [],
      gaps: rows?.gaps(lastSeq) ?? [],
      hasOlder: first === undefined ? lastSeq > 0 : first > 1,
      pending: this.#outbox.filter((x) => x.conv === conv),
    };
  }
}

function cursorKey(conv: string, user: string): string {
  return `${conv} ${user}`;
}

function newest(a: Cursors, b: Cursors): Cursors {
  return {
    readSeq: Math.max(a.readSeq, b.readSeq),
    deliveredSeq: Math.max(a.deliveredSeq, b.deliveredSeq),
  };
}

function newerFirst(a: Conversation, b: Conversation): number {
  if (a.lastTs !== b.lastTs) return b.lastTs - a.lastTs;
  return a.conv < b.conv ? -1 : 1;
}
