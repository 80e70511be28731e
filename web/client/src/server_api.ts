import type { Member, Presence, Role } from "./data.js";

/** What only the server knows: everything that is not chat. */

export interface Profile {
  readonly user: string;
  readonly displayName: string;
  readonly about: string;
  readonly created: number;
}

export interface Device {
  readonly device: string;
  /** What its owner calls it. */
  readonly name?: string;
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

/** Every call may throw `ParleyError`. */
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
  /** `null` takes its name away. */
  nameDevice(device: string, name: string | null): Promise<void>;
  /** Ends its session, and forgets it. */
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
