import type {
  Api,
  Conversation,
  HistoryPage,
  HistoryQuery,
  Item,
  Member,
  SeqRange,
  Timeline,
} from "./api.js";
import type { Connection } from "./connection.js";
import { Draft } from "./draft.js";
import type { Clock, TimerHandle } from "./environment.js";
import { asParleyError, ParleyError } from "./errors.js";
import type { Ledger } from "./ledger.js";
import type { Model } from "./model.js";
import { isGroup } from "./names.js";
import { conversationOf, itemOf, pick, type WireObject } from "./wire.js";

const PAGE = 50;
const PAGE_MAX = 200;
const LIST_PAGE = 200;
/** What is missing may be on its way: it is fetched after so long. */
const GAP_PATIENCE_MS = 1500;
/** A wider gap is fetched only when somebody scrolls there. */
const GAP_MAX = 1000;

export interface SyncEvents {
  failed(why: unknown): void;
}

/** Fetches what does not come by itself: the list, history, members. */
export class Sync {
  readonly #model: Model;
  readonly #ledger: Ledger;
  readonly #api: Api;
  readonly #clock: Clock;
  readonly #me: () => string;
  readonly #events: SyncEvents;
  readonly #opened = new Set<string>();
  readonly #counted = new Map<string, number>();
  readonly #gapTimers = new Map<string, TimerHandle>();
  #connection: Connection | undefined;

  constructor(
    parts: { model: Model; ledger: Ledger; api: Api; clock: Clock },
    me: () => string,
    events: SyncEvents,
  ) {
    this.#model = parts.model;
    this.#ledger = parts.ledger;
    this.#api = parts.api;
    this.#clock = parts.clock;
    this.#me = me;
    this.#events = events;
  }

  attach(connection: Connection): void {
    this.#connection = connection;
  }

  detach(): void {
    this.#connection = undefined;
    for (const timer of this.#gapTimers.values())
      this.#clock.clearTimeout(timer);
    this.#gapTimers.clear();
  }

  /** Another user's data, or none: nothing is open. */
  forget(): void {
    this.#opened.clear();
    this.#counted.clear();
  }

  countedTo(conv: string): number {
    return this.#counted.get(conv) ?? 0;
  }

  /** After the inbox has come in: what it does not speak for. */
  async caughtUp(): Promise<void> {
    await this.#quietly(() => this.refreshConversations());
    for (const conv of this.#opened) {
      await this.#quietly(() => this.#freshen(conv));
      await this.#quietly(() => this.loadMembers(conv));
    }
    for (const conv of this.#model.loaded()) this.look(conv);
  }

  /** Something came in a conversation: sees to what is missing there. */
  look(conv: string): void {
    const known = this.#model.conversation(conv);
    if (isGroup(conv) && known && known.name === undefined && !known.left)
      void this.#quietly(() => this.#learnName(conv));
    if (this.#gapTimers.has(conv) || this.#model.timeline(conv).gaps.length < 1)
      return;
    const timer = this.#clock.setTimeout(() => {
      this.#gapTimers.delete(conv);
      void this.#quietly(() => this.#fillGap(conv));
    }, GAP_PATIENCE_MS);
    this.#gapTimers.set(conv, timer);
  }

  async open(conv: string): Promise<Timeline> {
    this.#opened.add(conv);
    await this.#model.loadRows(conv);
    if (this.#connection) {
      await this.#freshen(conv);
      if (this.#model.members(conv).length === 0)
        await this.#quietly(() => this.loadMembers(conv));
    }
    return this.#model.timeline(conv);
  }

  async loadOlder(conv: string, limit = PAGE): Promise<boolean> {
    const rows = await this.#model.loadRows(conv);
    const gap = this.#model.timeline(conv).gaps.at(-1);
    const before = gap ? gap.to + 1 : rows.first;
    const count = gap ? Math.min(limit, gap.to - gap.from + 1) : limit;
    if (before === undefined || before > 1)
      await this.#fetch(conv, { ...pick("before", before), limit: count });
    const { gaps, hasOlder } = this.#model.timeline(conv);
    return gaps.length > 0 || hasOlder;
  }

  async ensureRange(conv: string, from: number, to: number): Promise<void> {
    const rows = await this.#model.loadRows(conv);
    for (const missing of rows.missing(Math.max(from, 1), to))
      await this.#fetchRange(conv, missing);
  }

  /** Shows a message as it is now, whatever is known of it. */
  async renew(conv: string, seq: number): Promise<void> {
    await this.#quietly(async () => {
      await this.#fetch(conv, { before: seq + 1, limit: 1 });
    });
  }

  async loadMembers(conv: string): Promise<readonly Member[]> {
    const { members } = await this.#api.conversation(conv);
    this.#model.tell({ type: "members", conv, members });
    return this.#model.members(conv);
  }

  async history(conv: string, query: HistoryQuery = {}): Promise<HistoryPage> {
    const x = await this.#request({ t: "history", conv, ...query });
    const items = (x["items"] as WireObject[])
      .map(itemOf)
      .filter((item): item is Item => item !== undefined);
    return { conv, items, complete: x["complete"] === true };
  }

  async refreshConversations(): Promise<void> {
    let cursor: string | undefined;
    do {
      const page = await this.#request({
        t: "conversations",
        limit: LIST_PAGE,
        ...pick("cursor", cursor),
      });
      await this.#takeList(page["items"] as WireObject[]);
      cursor = page["cursor"] as string | undefined;
    } while (cursor !== undefined);
  }

  async #takeList(items: readonly WireObject[]): Promise<void> {
    await this.#ledger.exclusive(async () => {
      const draft = new Draft(this.#model, this.#me());
      for (const x of items) {
        const theirs = conversationOf(x, this.#me());
        const mine = this.#model.conversation(theirs.conv);
        this.#counted.set(theirs.conv, theirs.lastSeq);
        // Read while there was no connection to tell it by.
        if (mine && mine.readSeq > theirs.readSeq)
          this.#connection?.post({
            t: "read",
            conv: mine.conv,
            seq: mine.readSeq,
          });
        const both = mine ? mergeListed(mine, theirs) : theirs;
        if (JSON.stringify(both) !== JSON.stringify(mine))
          draft.putConversation(both);
      }
      await this.#ledger.commit(draft.patch(), [{ type: "conversations" }]);
    });
  }

  /** The newest page, if it is not here. */
  async #freshen(conv: string): Promise<void> {
    const { items, hasOlder } = this.#model.timeline(conv);
    const known = this.#model.conversation(conv) !== undefined;
    if (items.length === 0 || (hasOlder && items.length < PAGE))
      if (known || !isGroup(conv)) await this.loadOlder(conv);
  }

  async #fillGap(conv: string): Promise<void> {
    const gap = this.#model.timeline(conv).gaps.at(-1);
    if (gap && gap.to - gap.from < GAP_MAX) await this.#fetchRange(conv, gap);
  }

  async #fetchRange(conv: string, { from, to }: SeqRange): Promise<void> {
    for (let next = from; next <= to;) {
      const page = await this.#fetch(conv, {
        after: next - 1,
        before: to + 1,
        limit: Math.min(PAGE_MAX, to - next + 1),
      });
      const last = page.items.at(-1);
      if (!last) return;
      next = last.seq + 1;
    }
  }

  /** A page of history goes into the store. */
  async #fetch(conv: string, query: HistoryQuery): Promise<HistoryPage> {
    // What was known before the question is in the answer.
    const known = this.#model.conversation(conv)?.lastSeq ?? 0;
    const page = await this.history(conv, query);
    const asOf = Math.max(known, page.items.at(-1)?.seq ?? 0);
    await this.#ledger.exclusive(async () => {
      await this.#model.loadRows(conv);
      const draft = new Draft(this.#model, this.#me());
      for (const item of page.items) draft.add({ item, asOf });
      await this.#ledger.commit(draft.patch());
    });
    return page;
  }

  async #learnName(conv: string): Promise<void> {
    const { name } = await this.#api.conversation(conv);
    if (name === undefined) return;
    await this.#ledger.exclusive(async () => {
      const draft = new Draft(this.#model, this.#me());
      draft.update(conv, { name });
      await this.#ledger.commit(draft.patch());
    });
  }

  #request(x: { t: string } & Record<string, unknown>): Promise<WireObject> {
    if (this.#connection) return this.#connection.request(x);
    return Promise.reject(
      new ParleyError("network", "not connected", { retryable: true }),
    );
  }

  /** Work in the background: the next connection does it again. */
  async #quietly(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (why) {
      const { code } = asParleyError(why);
      if (this.#connection && code !== "not_found") this.#events.failed(why);
    }
  }
}

/** Our entry in the list and the server's, which may be behind or ahead. */
function mergeListed(mine: Conversation, theirs: Conversation): Conversation {
  const readSeq = Math.max(mine.readSeq, theirs.readSeq);
  const { mutedUntil: _, ...rest } = mine;
  const settings = pick("mutedUntil", theirs.mutedUntil);
  if (theirs.lastSeq < mine.lastSeq) return { ...rest, ...settings, readSeq };
  const unread = mine.readSeq > theirs.readSeq ? mine.unread : theirs.unread;
  return { ...theirs, readSeq, unread };
}
