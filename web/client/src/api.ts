/**
 * The public surface of the library: plain types and the interface that both
 * a client of its own (`createClient`) and one that is shared between the tabs
 * of a browser (`createSharedClient`) have.
 *
 * Reading is synchronous, from a copy in memory that is always complete in
 * itself; acting is asynchronous. What is read changes only together with an
 * event that says so.
 */
import type {
  Ack,
  Conversation,
  HistoryPage,
  HistoryQuery,
  Item,
  Member,
  MessageItem,
  OutboxEntry,
  Presence,
  Timeline,
} from "./data.js";
import type { ParleyError } from "./errors.js";
import type { Api } from "./server_api.js";

export type * from "./data.js";
export type * from "./server_api.js";

// ------------------------------------------------------------------ state

/**
 * - `stopped`: not asked to connect (before `start`, after `stop`), signed
 *   out, or ended for good, see `stopReason`;
 * - `connecting`: a connection is being made;
 * - `waiting`: the last one failed; the next attempt is at `retryAt`;
 * - `catching-up`: connected, what was missed is coming in;
 * - `online`: connected and up to date.
 */
export type ConnectionStatus =
  "stopped" | "connecting" | "waiting" | "catching-up" | "online";

/**
 * - `signed-out`: logged out, or the login was ended (the data stays then);
 * - `replaced`: another session of the same device took over (4510);
 * - `protocol`: the server refused the way this client talks (4500).
 */
export type StopReason = "signed-out" | "replaced" | "protocol";

export interface ClientState {
  readonly signedIn: boolean;
  /** Whose data is here; stays when a login was ended by the server. */
  readonly user?: string;
  readonly device: string;
  readonly connection: ConnectionStatus;
  /** When `waiting`: time of the next attempt. */
  readonly retryAt?: number;
  readonly stopReason?: StopReason;
}

// ----------------------------------------------------------------- events

/** What `on` tells about, by name. */
export interface EventMap {
  /** `client.state` is another one. */
  state: { readonly state: ClientState };
  /**
   * A message came in that this client had not seen, from others or from
   * another device of oneself; not told for pages of history. For sounds and
   * notifications.
   */
  message: { readonly conv: string; readonly message: MessageItem };
  /**
   * The entries in `items` are new or different, or (`cleared`) all others are
   * gone: they are fetched anew. Also told when gaps, `hasOlder` or `pending`
   * changed, with no `items` then.
   */
  timeline: {
    readonly conv: string;
    readonly items: readonly Item[];
    readonly cleared: boolean;
  };
  /** This conversation's entry in the list is new or different. */
  conversation: { readonly conversation: Conversation };
  /** The list as a whole is different: loaded, refreshed or cleared. */
  conversations: Record<never, never>;
  /** An act was queued, failed, or is gone from the outbox (`removed`). */
  outbox: { readonly entry: OutboxEntry; readonly removed: boolean };
  /** The server confirmed an act of this client. */
  acked: { readonly ack: Ack };
  /** The members of a conversation, or their cursors, are different. */
  members: { readonly conv: string; readonly members: readonly Member[] };
  /** Who is typing in a conversation now; empty when nobody is. */
  typing: { readonly conv: string; readonly users: readonly string[] };
  /** These users' presence is different. */
  presence: { readonly items: readonly Presence[] };
  /** The server could not resume; what was held has been discarded. */
  reset: { readonly reason: "too_far" | "ahead" };
  /** Something failed in the background and is tried again. */
  error: { readonly error: ParleyError };
}

export type EventName = keyof EventMap;

/** An event as a callback of `on(name)` gets it. */
export type EventOf<K extends EventName> = { readonly type: K } & EventMap[K];

/** Any event, told apart by `type`. */
export type ClientEvent = { [K in EventName]: EventOf<K> }[EventName];

// ----------------------------------------------------------------- client

export interface ParleyClient {
  /** The signed-in state and the connection's. */
  readonly state: ClientState;
  readonly api: Api;

  // -- account

  /** Creates a user and signs in. Discards the data of another user. */
  register(user: string, password: string, displayName?: string): Promise<void>;
  /**
   * Signs in. The data of the same user stays, that of another is discarded,
   * with what was still in the outbox.
   */
  login(user: string, password: string): Promise<void>;
  /** Ends the login at the server if it can be reached, and discards all. */
  logout(): Promise<void>;

  // -- connection

  /** Connects, and stays connected until `stop`. Needs to be signed in. */
  start(): void;
  /** Disconnects. What is queued stays and goes out after the next `start`. */
  stop(): void;
  /** Cuts a wait short, e.g. when the browser says it is online again. */
  retryNow(): void;
  /** Stops, and lets go of the store. The client is of no use after it. */
  close(): Promise<void>;

  // -- reading, from memory

  /** All of them, the newest message first. */
  conversations(): readonly Conversation[];
  conversation(conv: string): Conversation | undefined;
  /** Empty until `open` has read it from the store. */
  timeline(conv: string): Timeline;
  /** Empty until `open` or `loadMembers` has fetched them. */
  members(conv: string): readonly Member[];
  presenceOf(user: string): Presence | undefined;
  typingIn(conv: string): readonly string[];
  /** Everything that is queued or failed, in its order. */
  outbox(): readonly OutboxEntry[];

  // -- conversations

  /**
   * Makes a conversation readable: reads its entries from the store, fetches
   * the newest page and the members if they are missing and the server can be
   * reached. A direct conversation without a message is empty.
   */
  open(conv: string): Promise<Timeline>;
  /**
   * Fetches the newest entries that are missing: those of the last gap, else
   * those before the oldest. @returns whether there is still more.
   */
  loadOlder(conv: string, limit?: number): Promise<boolean>;
  /** Fetches what is missing of `from` to `to`, both included. */
  ensureRange(conv: string, from: number, to: number): Promise<void>;
  /** Fetches the members anew. */
  loadMembers(conv: string): Promise<readonly Member[]>;
  /** A page straight from the server, past the store. */
  history(conv: string, query?: HistoryQuery): Promise<HistoryPage>;
  /** Fetches the list anew. Done by itself after each (re)connection. */
  refreshConversations(): Promise<void>;

  // -- acting; each is queued durably when its promise resolves, and goes out
  //    as soon as there is a connection, also after a restart

  send(conv: string, body: string, replyTo?: number): Promise<OutboxEntry>;
  edit(conv: string, seq: number, body: string): Promise<OutboxEntry>;
  delete(conv: string, seq: number): Promise<OutboxEntry>;
  react(
    conv: string,
    seq: number,
    emoji: string,
    on: boolean,
  ): Promise<OutboxEntry>;
  /**
   * The server's confirmation of a queued act. Rejects with the error when the
   * act failed for good or was discarded.
   */
  confirmation(cid: string): Promise<Ack>;
  /** Queues a failed act again. */
  retry(cid: string): Promise<void>;
  /** Drops an act. One that is on its way may be done nevertheless. */
  discard(cid: string): Promise<void>;

  /** Read up to here; by default everything. Only ever forward. */
  markRead(conv: string, seq?: number): Promise<void>;
  /** To be called at each key press: passed on every 2 seconds at most. */
  typing(conv: string): void;
  /** Whose presence to follow, at most 200; replaces the list before. */
  watch(users: readonly string[]): void;
  /** Kept over reconnections. */
  setStatus(status: "online" | "away"): void;

  // -- events

  /** @returns what ends it. */
  on<K extends EventName>(
    name: K,
    callback: (event: EventOf<K>) => void,
  ): () => void;
  /** All events. @returns what ends it. */
  subscribe(callback: (event: ClientEvent) => void): () => void;
  /** All events from now on; ends when the client is closed. */
  events(): AsyncIterableIterator<ClientEvent>;
}
