import type {
  Act,
  Api,
  ClientEvent,
  HistoryPage,
  HistoryQuery,
  Member,
  OutboxEntry,
  ParleyClient,
  Timeline,
} from "./api.js";
import { createClient } from "./client.js";
import { systemClock, systemRandom } from "./environment.js";
import { ParleyError } from "./errors.js";
import { ITEMS_IN_MEMORY, Model } from "./model.js";
import { ModelClient } from "./model_client.js";
import { newCid } from "./names.js";
import type { ClientOptions } from "./options.js";
import type { Patch, Store } from "./store.js";
import { IndexedDbStore } from "./store_indexeddb.js";
import {
  errorFrom,
  restored,
  type ChannelLike,
  type LocksLike,
  type TabMessage,
} from "./tab_channel.js";
import { Leader } from "./tab_leader.js";

export interface SharedClientOptions extends Omit<ClientOptions, "store"> {
  /** Names the store, the lock and the channel; `parley` by default. */
  name?: string;
  /** Opens the store that all tabs share; IndexedDB by default. */
  openStore?: (name: string) => Store;
  /** The platform's by default. */
  locks?: LocksLike;
  openChannel?: (name: string) => ChannelLike;
}

/**
 * One connection for all tabs of a browser that ask for the same name: one of
 * them leads and has it, the others follow; when it goes, another one leads.
 * Without the Web Locks API each tab has a connection, and a store in memory.
 */
export async function createSharedClient(
  options: SharedClientOptions,
): Promise<ParleyClient> {
  const name = options.name ?? "parley";
  const openStore = options.openStore ?? ((x) => new IndexedDbStore(x));
  const openChannel =
    options.openChannel ?? ((x) => new BroadcastChannel(x) as ChannelLike);
  const locks =
    options.locks ??
    (globalThis.navigator as { locks?: LocksLike } | undefined)?.locks;
  if (!locks) return createClient(options);
  const client = new SharedClient({
    ...{ name, options, locks },
    openStore: () => openStore(name),
    channel: openChannel(name),
  });
  await client.whenReady;
  return client;
}

interface Parts {
  name: string;
  options: SharedClientOptions;
  locks: LocksLike;
  openStore: () => Store;
  channel: ChannelLike;
}

interface Call {
  readonly method: string;
  readonly args: readonly unknown[];
  resolve(value: unknown): void;
  reject(why: ParleyError): void;
  /** Which leader, by their order, has got it; 0: none yet. */
  placedWith: number;
}

/** Calls that do no harm if another leader gets them again. */
function isRepeatable(method: string): boolean {
  return !/^(api\..*|register|login|logout)$/.test(method);
}

/** A tab: a copy of the leader's model, and calls to the leader. */
class SharedClient extends ModelClient implements ParleyClient {
  readonly api: Api;
  /** Resolves when there is something to read and somebody to call. */
  readonly whenReady: Promise<void>;
  readonly #parts: Parts;
  readonly #tab = this.#newName();
  readonly #store: Store;
  readonly #ended = new AbortController();
  readonly #calls = new Map<number, Call>();
  #lastCall = 0;
  #leader: Leader | undefined;
  /** How many leaders this tab has known. */
  #leaders = 0;
  #started = false;
  #watched: readonly string[] | undefined;
  #status: "online" | "away" | undefined;
  #ready = () => {};
  /** What the leader said while the store was being read. */
  #unread: TabMessage[] | undefined;
  #following: Promise<void> = Promise.resolve();
  #follows = 0;
  #release = () => {};

  constructor(parts: Parts) {
    const store = parts.openStore();
    const nothing = { conversations: [], outbox: [] };
    const device = parts.options.device ?? "";
    super(
      new Model(store, nothing, {
        ...{ signedIn: false, device },
        connection: "stopped",
      }),
    );
    this.#parts = parts;
    this.#store = store;
    this.api = this.#makeApi();
    this.whenReady = new Promise((resolve) => (this.#ready = resolve));
    parts.channel.onmessage = (event) => this.#hear(event.data as TabMessage);
    this.#post({ is: "hello", from: this.#tab });
    void this.#lead();
  }

  // ------------------------------------------------------------ the leader's

  register(user: string, password: string, displayName?: string) {
    return this.#call<void>("register", user, password, displayName);
  }

  login(user: string, password: string): Promise<void> {
    return this.#call("login", user, password);
  }

  logout(): Promise<void> {
    return this.#call("logout");
  }

  start(): void {
    if (!this.state.signedIn)
      throw new ParleyError("signed_out", "not signed in");
    this.#started = true;
    this.#tell("start");
  }

  stop(): void {
    this.#started = false;
    this.#tell("stop");
  }

  retryNow(): void {
    this.#tell("retryNow");
  }

  async open(conv: string): Promise<Timeline> {
    await this.model.loadRows(conv);
    await this.#call("open", conv);
    return this.timeline(conv);
  }

  loadOlder(conv: string, limit?: number): Promise<boolean> {
    return this.#call("loadOlder", conv, limit);
  }

  ensureRange(conv: string, from: number, to: number): Promise<void> {
    return this.#call("ensureRange", conv, from, to);
  }

  loadMembers(conv: string): Promise<readonly Member[]> {
    return this.#call("loadMembers", conv);
  }

  history(conv: string, query?: HistoryQuery): Promise<HistoryPage> {
    return this.#call("history", conv, query);
  }

  refreshConversations(): Promise<void> {
    return this.#call("refreshConversations");
  }

  retry(cid: string): Promise<void> {
    return this.#call("retry", cid);
  }

  discard(cid: string): Promise<void> {
    return this.#call("discard", cid);
  }

  markRead(conv: string, seq?: number): Promise<void> {
    return this.#call("markRead", conv, seq);
  }

  typing(conv: string): void {
    this.#tell("typing", conv);
  }

  watch(users: readonly string[]): void {
    this.#watched = users;
    this.#tell("watch", users);
  }

  setStatus(status: "online" | "away"): void {
    this.#status = status;
    this.#tell("setStatus", status);
  }

  async close(): Promise<void> {
    this.#ended.abort();
    this.#post({ is: "bye", from: this.#tab });
    await this.#leader?.close();
    this.#release();
    this.#parts.channel.close();
    const why = new ParleyError("closed", "the client was closed");
    for (const call of this.#calls.values()) call.reject(why);
    this.#calls.clear();
    await this.#store.close();
    this.end();
  }

  /** Its name is made here, so that a repeated call queues nothing twice. */
  protected override act(conv: string, act: Act): Promise<OutboxEntry> {
    return this.#call("queue", conv, act, this.#newName());
  }

  // ----------------------------------------------------------------- leading

  /** Waits for its turn to lead, which lasts until the tab is gone. */
  async #lead(): Promise<void> {
    const { locks, name, options, openStore } = this.#parts;
    const { signal } = this.#ended;
    const held = async () => {
      const say = (message: TabMessage) => {
        this.#post(message);
        this.#hear(message);
      };
      const { openStore: _, openChannel: __, locks: ___, ...rest } = options;
      const leader = await Leader.start({ ...rest, store: openStore() }, say);
      if (signal.aborted) return leader.close();
      const released = new Promise<void>((done) => (this.#release = done));
      this.#leader = leader;
      say({ is: "leader" });
      if (this.#started && leader.client.state.signedIn) leader.client.start();
      await released;
    };
    await locks.request(name, { signal }, held).catch((why: unknown) => {
      if (!signal.aborted) this.model.tell(errorEvent(why));
    });
  }

  #newName(): string {
    const { clock, random } = this.#parts?.options ?? {};
    return newCid((clock ?? systemClock).now(), random ?? systemRandom);
  }

  // --------------------------------------------------------------- following

  #hear(message: TabMessage): void {
    if (this.#ended.signal.aborted) return;
    this.#leader?.hear(message);
    if ("to" in message && message.to !== this.#tab) return;
    if (message.is === "leader") this.#follow();
    else if (message.is === "welcome" && this.#leaders === 0) this.#follow();
    this.#take(message);
  }

  /** There is another leader: its messages wait until this tab has caught up. */
  #follow(): void {
    const again = ++this.#leaders > 1;
    this.#unread ??= [];
    ++this.#follows;
    this.#following = this.#following.then(async () => {
      await this.#readAll();
      if (--this.#follows > 0 || this.#ended.signal.aborted) return;
      const waiting = this.#unread ?? [];
      this.#unread = undefined;
      for (const message of waiting) this.#take(message);
      this.#greet(again);
    });
    this.#following.catch((why: unknown) => this.model.tell(errorEvent(why)));
  }

  /** Takes everything from the store, whatever of it is here already. */
  async #readAll(): Promise<void> {
    let patch: Patch;
    let opened: string[];
    do {
      const stored = await this.#store.load();
      opened = this.model.loaded();
      const rows = await Promise.all(
        opened.map((conv) => this.#store.loadItems(conv, ITEMS_IN_MEMORY)),
      );
      patch = {
        clear: true,
        useq: stored.useq ?? null,
        conversations: stored.conversations,
        outboxPut: stored.outbox,
        items: rows.flat(),
      };
      // One that was opened meanwhile is missing in the patch, which clears it.
    } while (
      this.model.isReading ||
      this.model.loaded().length > opened.length
    );
    this.model.apply(patch);
  }

  #greet(again: boolean): void {
    if (again) this.confirmations.recheck();
    if (again && this.#watched) this.#tell("watch", this.#watched);
    if (again && this.#status) this.#tell("setStatus", this.#status);
    if (this.#leader) this.#welcome(this.#leader.client.model.passing());
    else this.#post({ is: "hello", from: this.#tab });
    this.#repeatCalls();
  }

  #welcome(events: readonly ClientEvent[]): void {
    for (const event of events) this.model.tell(event);
    this.#ready();
  }

  #take(message: TabMessage): void {
    if (this.#unread) return void this.#unread.push(message);
    if (message.is === "patch") {
      this.model.apply(message.patch, message.events);
    } else if (message.is === "event") {
      this.model.tell(restored(message.event));
    } else if (message.is === "welcome") {
      this.#welcome(message.events);
    } else if (message.is === "result") {
      const call = this.#calls.get(message.id);
      this.#calls.delete(message.id);
      if (message.failure) call?.reject(errorFrom(message.failure));
      else call?.resolve(message.value);
    }
  }

  // ----------------------------------------------------------------- calling

  #call<T>(method: string, ...args: unknown[]): Promise<T> {
    const id = ++this.#lastCall;
    return new Promise<T>((resolve, reject) => {
      const call = { method, args, resolve, reject, placedWith: 0 } as Call;
      this.#calls.set(id, call);
      if (this.#leaders > 0) this.#place(id, call);
    });
  }

  /** A call whose outcome nobody waits for. */
  #tell(method: string, ...args: unknown[]): void {
    this.#call(method, ...args).catch((why: unknown) => {
      if (!this.#ended.signal.aborted) this.model.tell(errorEvent(why));
    });
  }

  #place(id: number, call: Call): void {
    const { method, args } = call;
    call.placedWith = this.#leaders;
    const message = { is: "call", from: this.#tab, id, method, args } as const;
    if (this.#leader) this.#leader.hear(message);
    else this.#post(message);
  }

  /** The leader that had them is gone, or there was none yet. */
  #repeatCalls(): void {
    const why = new ParleyError("network", "the tab that did it is gone", {
      retryable: true,
    });
    for (const [id, call] of [...this.#calls]) {
      if (call.placedWith === this.#leaders) continue;
      if (call.placedWith === 0 || isRepeatable(call.method)) {
        this.#place(id, call);
      } else {
        this.#calls.delete(id);
        call.reject(why);
      }
    }
  }

  #post(message: TabMessage): void {
    this.#parts.channel.postMessage(message);
  }

  #makeApi(): Api {
    const call = (name: string) => {
      return (...args: unknown[]) => this.#call(`api.${name}`, ...args);
    };
    return new Proxy({} as Api, { get: (_, name) => call(String(name)) });
  }
}

function errorEvent(why: unknown): ClientEvent {
  const error =
    why instanceof ParleyError
      ? why
      : new ParleyError("closed", `this tab cannot lead: ${String(why)}`);
  return { type: "error", error };
}
