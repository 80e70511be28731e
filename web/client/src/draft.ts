import type {
  ClientEvent,
  Conversation,
  Item,
  MessageItem,
  OutboxEntry,
} from "./api.js";
import type { Model } from "./model.js";
import { firstChars } from "./names.js";
import type { Patch, StoredItem } from "./store.js";
import { emptyConversation } from "./wire.js";

const PREVIEW_CHARS = 200;

/**
 * A patch in the making: changes of what the model holds, which sees nothing
 * of them before they are committed. The entries of each conversation that is
 * touched have been read from the store.
 */
export class Draft {
  readonly events: ClientEvent[] = [];
  readonly #model: Model;
  readonly #me: string;
  readonly #conversations = new Map<string, Conversation>();
  readonly #items = new Map<string, StoredItem[]>();
  readonly #outboxPut: OutboxEntry[] = [];
  readonly #outboxRemove: string[] = [];
  #useq: number | undefined;
  #clear: Pick<Patch, "clearConversations" | "clearItems"> = {};

  constructor(model: Model, me: string) {
    this.#model = model;
    this.#me = me;
  }

  conversation(conv: string): Conversation {
    return (
      this.#conversations.get(conv) ??
      this.#model.conversation(conv) ??
      emptyConversation(conv, this.#me)
    );
  }

  putConversation(x: Conversation): void {
    this.#conversations.set(x.conv, x);
  }

  update(conv: string, change: Partial<Conversation>): void {
    this.putConversation({ ...this.conversation(conv), ...change });
  }

  /** Whether the entry is here, or will be with this draft. */
  has(conv: string, seq: number): boolean {
    return (
      this.#model.rows(conv)?.get(seq) !== undefined ||
      (this.#items.get(conv)?.some((x) => x.item.seq === seq) ?? false)
    );
  }

  /** Takes in an entry, and what it tells about its conversation. */
  add(row: StoredItem): void {
    const { item } = row;
    const rows = this.#items.get(item.conv);
    if (rows) rows.push(row);
    else this.#items.set(item.conv, [row]);
    const now = this.conversation(item.conv);
    if (item.seq > now.lastSeq) this.update(item.conv, { lastSeq: item.seq });
    if (item.kind === "msg" && item.seq > (now.last?.seq ?? 0))
      this.update(item.conv, { last: preview(item), lastTs: item.ts });
  }

  queue(entry: OutboxEntry): void {
    this.#outboxPut.push(entry);
  }

  unqueue(cid: string): void {
    this.#outboxRemove.push(cid);
  }

  received(useq: number): void {
    this.#useq = Math.max(this.#useq ?? this.#model.useq ?? 0, useq);
  }

  /** The inbox begins anew at `useq`; what came before may have holes. */
  startOver(useq: number, forget: "items" | "conversations"): void {
    this.#useq = useq;
    this.#clear =
      forget === "items" ? { clearItems: true } : { clearConversations: true };
  }

  patch(): Patch {
    const items = [...this.#items].flatMap(([conv, incoming]) =>
      this.#merge(conv, incoming),
    );
    return {
      ...this.#clear,
      ...(this.#useq !== undefined && { useq: this.#useq }),
      conversations: [...this.#conversations.values()],
      items,
      outboxPut: this.#outboxPut,
      outboxRemove: this.#outboxRemove,
    };
  }

  #merge(conv: string, incoming: StoredItem[]): StoredItem[] {
    const rows = this.#model.rows(conv);
    if (!rows) throw new Error(`entries of ${conv} were not read`);
    const changed = rows.plan(incoming);
    const last = this.conversation(conv).last;
    for (const { item } of changed)
      if (item.kind === "msg" && item.seq === last?.seq)
        this.update(conv, { last: preview(item) });
    return changed;
  }
}

/** A message as the list of conversations shows it. */
function preview(message: MessageItem): MessageItem {
  if (message.body === undefined) return message;
  const body = firstChars(message.body, PREVIEW_CHARS);
  return body === message.body ? message : { ...message, body };
}

/** Messages of others past `seq` among `items`. */
export function countUnread(
  items: readonly Item[],
  seq: number,
  me: string,
): number {
  let count = 0;
  for (let i = items.length - 1; i >= 0; --i) {
    const item = items[i]!;
    if (item.seq <= seq) break;
    if (item.kind === "msg" && item.from !== me) ++count;
  }
  return count;
}
