/**
 * The public surface of the library: plain types and the interface that both
 * a client of its own (`createClient`) and one that is shared between the tabs
 * of a browser (`createSharedClient`) have.
 *
 * Reading is synchronous, from a copy in memory that is always complete in
 * itself; acting is asynchronous. What is read changes only together with an
 * event that says so, and an object that was handed out never changes: a new
 * one takes its place, so that `===` tells whether something is different.
 */
import type { ParleyError } from "./errors.js";

// ---------------------------------------------------------------- entries

/** What every entry of a conversation but a lost one has. */
interface EntryHead {
  readonly conv: string;
  readonly seq: number;
  readonly from: string;
  /** Milliseconds since the Unix epoch. */
  readonly ts: number;
}

/** A message as it stands now: its newest body, and who reacted how. */
export interface MessageItem extends EntryHead {
  readonly kind: "msg";
  readonly cid: string;
  /** Absent exactly if `deleted`. */
  readonly body?: string;
  readonly deleted?: true;
  readonly editedTs?: number;
  readonly replyTo?: number;
  /** The users of each emoji. */
  readonly reactions?: Readonly<Record<string, readonly string[]>>;
}

/** The entry of an edit. Its effect is in the message at `ref` already. */
export interface EditedItem extends EntryHead {
  readonly kind: "edited";
  readonly ref: number;
  readonly body?: string;
  readonly deleted?: true;
}

/** The entry of a deletion. */
export interface DeletedItem extends EntryHead {
  readonly kind: "deleted";
  readonly ref: number;
}

/** The entry of a reaction, or of its withdrawal. */
export interface ReactedItem extends EntryHead {
  readonly kind: "reacted";
  readonly ref: number;
  readonly emoji: string;
  readonly on: boolean;
}

/** A group was created (then with `members`), renamed or deleted. */
export interface GroupItem extends EntryHead {
  readonly kind: "group";
  readonly name?: string;
  readonly members?: readonly string[];
  readonly deleted?: true;
}

export type Role = "owner" | "admin" | "member";
export type MemberChange = "added" | "removed" | "left" | "role";

export interface MemberItem extends EntryHead {
  readonly kind: "member";
  readonly user: string;
  readonly change: MemberChange;
  readonly role?: Role;
}

/** A number whose entry was lost for good. */
export interface LostItem {
  readonly kind: "lost";
  readonly conv: string;
  readonly seq: number;
}

/** One entry of a conversation; every `seq` has exactly one. */
export type Item =
  | MessageItem
  | EditedItem
  | DeletedItem
  | ReactedItem
  | GroupItem
  | MemberItem
  | LostItem;

// ---------------------------------------------------------- conversations

export interface Conversation {
  readonly conv: string;
  readonly kind: "direct" | "group";
  /** Of a direct conversation: the other user, or oneself for notes. */
  readonly peer?: string;
  /** Of a group, once it is known. */
  readonly name?: string;
  /** The newest message, its body cut to 200 code points. */
  readonly last?: MessageItem;
  /** The highest `seq` known to exist; 0 before the first. */
  readonly lastSeq: number;
  readonly lastTs: number;
  /** How far one has read, on whatever device. */
  readonly readSeq: number;
  /** Messages of others past `readSeq`. */
  readonly unread: number;
  readonly mutedUntil?: number;
  /** One is no longer a member, or the group was deleted. */
  readonly left: boolean;
}

export interface Member {
  readonly user: string;
  readonly role: Role;
  readonly readSeq: number;
  readonly deliveredSeq: number;
}

/** Numbers `from` to `to`, both included. */
export interface SeqRange {
  readonly from: number;
  readonly to: number;
}

/** What this client holds of one conversation. */
export interface Timeline {
  readonly conv: string;
  /** Every entry that is here, by rising `seq`, each once. */
  readonly items: readonly Item[];
  /** Numbers between those of `items` that are not here (yet). */
  readonly gaps: readonly SeqRange[];
  /** Something lies before the first of `items`: `loadOlder` fetches it. */
  readonly hasOlder: boolean;
  /** What one did here that the server has not confirmed, in its order. */
  readonly pending: readonly OutboxEntry[];
}

// ------------------------------------------------------------------ outbox

export type Act =
  | { readonly kind: "send"; readonly body: string; readonly replyTo?: number }
  | { readonly kind: "edit"; readonly seq: number; readonly body: string }
  | { readonly kind: "delete"; readonly seq: number }
  | {
      readonly kind: "react";
      readonly seq: number;
      readonly emoji: string;
      readonly on: boolean;
    };

/** An act that is kept until the server has confirmed it. */
export interface OutboxEntry {
  /** Names the act, here and towards the server. */
  readonly cid: string;
  readonly conv: string;
  readonly act: Act;
  /** When the user did it. */
  readonly created: number;
  /** Position in the queue: a conversation's acts go out in this order. */
  readonly order: number;
  /** `failed`: refused for good; waits for `retry` or `discard`. */
  readonly state: "queued" | "failed";
  /** Of a failed one: the error's code and text. */
  readonly error?: { readonly code: string; readonly message: string };
}

export interface Ack {
  readonly cid: string;
  readonly conv: string;
  readonly seq: number;
  readonly ts: number;
  /** The server had it already, from an attempt whose answer was lost. */
  readonly dup: boolean;
}

// ---------------------------------------------------------------- presence

export type PresenceStatus = "online" | "away" | "offline";

export interface Presence {
  readonly user: string;
  readonly status: PresenceStatus;
  readonly lastActive?: number;
}

// ------------------------------------------------------------------- state

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

// ------------------------------------------------------------------ events

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

// -------------------------------------------------------------------- HTTP

export interface Profile {
  readonly user: string;
  readonly displayName: string;
  readonly about: string;
  readonly created: number;
}

export interface Device {
  readonly device: string;
  readonly lastSeen: number;
  readonly online: boolean;
}

export interface NodeInfo {
  readonly id: string;
  readonly url: string;
  readonly region: string;
  readonly load: number;
}

export interface ConversationInfo {
  readonly conv: string;
  readonly name?: string;
  readonly lastSeq: number;
  readonly members: readonly Member[];
}

export interface HistoryPage {
  readonly conv: string;
  /** Oldest first. */
  readonly items: readonly Item[];
  /** Nothing lies further in the direction of paging. */
  readonly complete: boolean;
}

export interface HistoryQuery {
  readonly before?: number;
  readonly after?: number;
  readonly limit?: number;
}

/** As `PushSubscription.toJSON()` of a browser has it. */
export interface WebPushSubscription {
  readonly endpoint?: string;
  readonly keys?: Readonly<Record<string, string>>;
  /** It ends with this device, too. */
  readonly device?: string;
}

/** Where notifications go of what no device has acknowledged. */
export interface PushTarget {
  readonly id: string;
  readonly kind: "webpush" | "apns" | "fcm";
  readonly device?: string;
  readonly renewed: number;
}

/** Each day from one time to another, which may be that of the next day. */
export interface QuietHours {
  /** `22:00` */
  readonly from: string;
  readonly to: string;
  /** Of the user's time; east is more. */
  readonly utcOffsetMinutes: number;
}

/** Everything that is not chat. Every call may throw `ParleyError`. */
export interface Api {
  me(): Promise<Profile>;
  patchMe(change: { displayName?: string; about?: string }): Promise<Profile>;
  /** Ends all other logins of this user. */
  changePassword(old: string, fresh: string): Promise<void>;
  user(user: string): Promise<Profile>;
  /** Unknown ones are left out; any number, asked for by hundreds. */
  users(ids: readonly string[]): Promise<Profile[]>;
  /** `prefix` of 2 and more characters; up to 20 results. */
  searchUsers(prefix: string): Promise<Profile[]>;

  conversation(conv: string): Promise<ConversationInfo>;
  /** Until a time; `null` ends it. */
  mute(conv: string, until: number | null): Promise<void>;

  /** The new group's name `g:…`; the same `cid` again gives the same group. */
  createGroup(
    name: string,
    members: readonly string[],
    cid?: string,
  ): Promise<string>;
  renameGroup(conv: string, name: string): Promise<void>;
  deleteGroup(conv: string): Promise<void>;
  addMembers(conv: string, users: readonly string[]): Promise<void>;
  setRole(conv: string, user: string, role: Role): Promise<void>;
  /** Oneself: to leave. */
  removeMember(conv: string, user: string): Promise<void>;

  presence(users: readonly string[]): Promise<Presence[]>;
  blocks(): Promise<string[]>;
  block(user: string): Promise<void>;
  unblock(user: string): Promise<void>;
  devices(): Promise<Device[]>;
  removeDevice(device: string): Promise<void>;
  discover(region?: string): Promise<NodeInfo[]>;

  /** What `PushManager.subscribe` needs; none if the server does not push. */
  vapidKey(): Promise<string | undefined>;
  pushTargets(): Promise<PushTarget[]>;
  /**
   * Has notifications sent to a browser. To be repeated at each start.
   * @returns its `id`, the same for the same endpoint.
   */
  subscribePush(subscription: WebPushSubscription): Promise<string>;
  unsubscribePush(id: string): Promise<void>;
  /** When there are no notifications; `null`: there always are. */
  quietHours(): Promise<QuietHours | null>;
  setQuietHours(hours: QuietHours | null): Promise<void>;
}

// ------------------------------------------------------------------ client

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
