import type { Conversation, OutboxEntry } from "./api.js";
import type { Patch, Store, StoredItem, StoredState } from "./store.js";

const VERSION = 1;
const TABLES = ["meta", "conversations", "items", "outbox"] as const;
const META = ["device", "user", "credentials", "useq"] as const;

/** A store in the browser; tabs of one origin see the same. */
export class IndexedDbStore implements Store {
  readonly #name: string;
  readonly #factory: IDBFactory;
  #opened: Promise<IDBDatabase> | undefined;

  constructor(name = "parley", factory: IDBFactory = globalThis.indexedDB) {
    this.#name = name;
    this.#factory = factory;
  }

  async load(): Promise<StoredState> {
    const tx = (await this.#open()).transaction(TABLES, "readonly");
    const meta = tx.objectStore("meta");
    const [values, conversations, outbox] = await Promise.all([
      Promise.all(META.map((key) => result(meta.get(key) as IDBRequest))),
      result<Conversation[]>(tx.objectStore("conversations").getAll()),
      result<OutboxEntry[]>(tx.objectStore("outbox").getAll()),
    ]);
    const known = META.map((key, i) => [key, values[i]] as const).filter(
      ([, value]) => value !== undefined,
    );
    return {
      ...(Object.fromEntries(known) as Partial<StoredState>),
      conversations,
      outbox: outbox.sort((a, b) => a.order - b.order),
    };
  }

  async loadItems(conv: string, limit: number): Promise<StoredItem[]> {
    const tx = (await this.#open()).transaction("items", "readonly");
    const items = tx.objectStore("items");
    const all = IDBKeyRange.bound([conv, 0], [conv, Infinity]);
    const first = await keyFromEnd(items, all, limit);
    // In one request: each step of a cursor costs as much as many rows.
    const range = first ? IDBKeyRange.bound(first, [conv, Infinity]) : all;
    return result<StoredItem[]>(items.getAll(range));
  }

  async commit(patch: Patch): Promise<void> {
    const db = await this.#open();
    // A browser may otherwise keep it in memory only for a while.
    const tx = db.transaction(TABLES, "readwrite", { durability: "strict" });
    clear(tx, patch);
    const meta = tx.objectStore("meta");
    for (const key of META) {
      const value = patch[key];
      if (value === null) meta.delete(key);
      else if (value !== undefined) meta.put(value, key);
    }
    const conversations = tx.objectStore("conversations");
    for (const x of patch.conversations ?? []) conversations.put(x);
    const items = tx.objectStore("items");
    for (const x of patch.items ?? []) items.put(x);
    const outbox = tx.objectStore("outbox");
    for (const x of patch.outboxPut ?? []) outbox.put(x);
    for (const cid of patch.outboxRemove ?? []) outbox.delete(cid);
    await new Promise<void>((resolve, reject) => {
      tx.oncomplete = () => resolve();
      tx.onabort = tx.onerror = () => reject(tx.error);
    });
  }

  async close(): Promise<void> {
    (await this.#opened)?.close();
    this.#opened = undefined;
  }

  #open(): Promise<IDBDatabase> {
    this.#opened ??= new Promise((resolve, reject) => {
      const request = this.#factory.open(this.#name, VERSION);
      request.onupgradeneeded = () => {
        const db = request.result;
        db.createObjectStore("meta");
        db.createObjectStore("conversations", { keyPath: "conv" });
        db.createObjectStore("items", { keyPath: ["item.conv", "item.seq"] });
        db.createObjectStore("outbox", { keyPath: "cid" });
      };
      request.onerror = () => reject(request.error);
      request.onsuccess = () => resolve(request.result);
    });
    return this.#opened;
  }
}

function clear(tx: IDBTransaction, patch: Patch): void {
  if (patch.clear || patch.clearConversations)
    tx.objectStore("conversations").clear();
  if (patch.clear || patch.clearConversations || patch.clearItems)
    tx.objectStore("items").clear();
  if (patch.clear) tx.objectStore("outbox").clear();
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onerror = () => reject(request.error);
    request.onsuccess = () => resolve(request.result);
  });
}

/** The key of the row `count` before the end; nothing if there are fewer. */
function keyFromEnd(
  rows: IDBObjectStore,
  range: IDBKeyRange,
  count: number,
): Promise<IDBValidKey | undefined> {
  const cursor = rows.openKeyCursor(range, "prev");
  let skipped = count <= 1;
  return new Promise((resolve, reject) => {
    cursor.onerror = () => reject(cursor.error);
    cursor.onsuccess = () => {
      const at = cursor.result;
      if (!at || skipped) return resolve(at?.key);
      skipped = true;
      at.advance(count - 1);
    };
  });
}
