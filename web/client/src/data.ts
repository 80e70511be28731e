/**
 * What there is to read. An object that was handed out never changes: a new one
 * takes its place, so that `===` tells whether something is different.
 */

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

// ----------------------------------------------------------------- outbox

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

// --------------------------------------------------------------- presence

export type PresenceStatus = "online" | "away" | "offline";

export interface Presence {
  readonly user: string;
  readonly status: PresenceStatus;
  readonly lastActive?: number;
}
