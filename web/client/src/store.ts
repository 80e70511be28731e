import type { Conversation, Item, OutboxEntry } from "./api.js";

/** A login's tokens. */
export interface Credentials {
  readonly token: string;
  readonly refreshToken: string;
  readonly expiresAt: number;
  /** From when on a fresh token should be fetched. */
  readonly refreshAt: number;
}

/** An entry as it is kept. */
export interface StoredItem {
  readonly item: Item;
  /**
   * The message's state includes every entry up to this `seq`. Edits and
   * reactions of higher ones are applied to it, those of lower ones are not.
   */
  readonly asOf: number;
}

/**
 * One change of what is kept: all of it or nothing. First what is cleared,
 * then what is put and removed.
 */
export interface Patch {
  /** Conversations and entries go, the outbox too; not the device's name. */
  readonly clear?: true;
  /** Conversations and entries go, the outbox stays. */
  readonly clearConversations?: true;
  /** All entries go, the conversations stay. */
  readonly clearItems?: true;
  readonly device?: string;
  readonly user?: string | null;
  readonly credentials?: Credentials | null;
  /** The inbox has been taken up to here; null: nothing of it yet. */
  readonly useq?: number | null;
  readonly conversations?: readonly Conversation[];
  readonly items?: readonly StoredItem[];
  readonly outboxPut?: readonly OutboxEntry[];
  /** `cid`s. */
  readonly outboxRemove?: readonly string[];
}

/** What is read at the start; entries are read by conversation, later. */
export interface StoredState {
  readonly device?: string;
  readonly user?: string;
  readonly credentials?: Credentials;
  readonly useq?: number;
  readonly conversations: readonly Conversation[];
  readonly outbox: readonly OutboxEntry[];
}

/** Where a client keeps what must survive a restart. Used by one at a time. */
export interface Store {
  load(): Promise<StoredState>;
  /** The newest `limit` entries of a conversation, by rising `seq`. */
  loadItems(conv: string, limit: number): Promise<StoredItem[]>;
  /** Atomic, and durable when it resolves. Never called twice at once. */
  commit(patch: Patch): Promise<void>;
  close(): Promise<void>;
}

/** Everything of a store in memory; file and memory stores are made of it. */
export class StoreContents {
  device: string | undefined;
  user: string | undefined;
  credentials: Credentials | undefined;
  useq: number | undefined;
  readonly conversations = new Map<string, Conversation>();
  readonly items = new Map<string, Map<number, StoredItem>>();
  readonly outbox = new Map<string, OutboxEntry>();

  apply(patch: Patch): void {
    this.#clear(patch);
    if (patch.device !== undefined) this.device = patch.device;
    if (patch.user !== undefined) this.user = patch.user ?? undefined;
    if (patch.credentials !== undefined)
      this.credentials = patch.credentials ?? undefined;
    if (patch.useq !== undefined) this.useq = patch.useq ?? undefined;
    for (const x of patch.conversations ?? [])
      this.conversations.set(x.conv, x);
    for (const x of patch.items ?? []) this.#put(x);
    for (const x of patch.outboxPut ?? []) this.outbox.set(x.cid, x);
    for (const cid of patch.outboxRemove ?? []) this.outbox.delete(cid);
  }

  state(): StoredState {
    return {
      ...(this.device !== undefined && { device: this.device }),
      ...(this.user !== undefined && { user: this.user }),
      ...(this.credentials && { credentials: this.credentials }),
      ...(this.useq !== undefined && { useq: this.useq }),
      conversations: [...this.conversations.values()],
      outbox: [...this.outbox.values()].sort((a, b) => a.order - b.order),
    };
  }

  itemsOf(conv: string, limit: number): StoredItem[] {
    const all = [...(this.items.get(conv)?.values() ?? [])];
    all.sort((a, b) => a.item.seq - b.item.seq);
    return all.slice(-limit);
  }

  /** One patch that makes all this out of nothing. */
  asPatch(): Patch {
    const items = [...this.items.values()].flatMap((x) => [...x.values()]);
    const { conversations, outbox, ...rest } = this.state();
    return { ...rest, conversations, items, outboxPut: outbox };
  }

  #clear(patch: Patch): void {
    if (patch.clear || patch.clearConversations) this.conversations.clear();
    if (patch.clear || patch.clearConversations || patch.clearItems)
      this.items.clear();
    if (patch.clear) this.outbox.clear();
  }

  #put(x: StoredItem): void {
    let rows = this.items.get(x.item.conv);
    if (!rows) this.items.set(x.item.conv, (rows = new Map()));
    rows.set(x.item.seq, x);
  }
}

/** Keeps everything as long as the object lives: for tests and bots. */
export class MemoryStore implements Store {
  readonly #contents = new StoreContents();

  async load(): Promise<StoredState> {
    return this.#contents.state();
  }

  async loadItems(conv: string, limit: number): Promise<StoredItem[]> {
    return this.#contents.itemsOf(conv, limit);
  }

  async commit(patch: Patch): Promise<void> {
    this.#contents.apply(patch);
  }

  async close(): Promise<void> {}
}
