import type {
  Api,
  ConversationInfo,
  Device,
  NodeInfo,
  Presence,
  Profile,
  PushTarget,
  QuietHours,
  Role,
  WebPushSubscription,
} from "./api.js";
import type { Account } from "./account.js";
import type { Http, Json } from "./http.js";
import { memberOf, pick, presenceOf } from "./wire.js";

/** Users that one request may ask for. */
const IDS_MAX = 100;

/** What only the server knows, asked for by HTTP. */
export class HttpApi implements Api {
  readonly #account: Account;
  readonly #http: Http;
  readonly #muted: (conv: string, until: number | null) => Promise<void>;

  /** `muted` is told what the server does not tell the device that did it. */
  constructor(
    account: Account,
    http: Http,
    muted: (conv: string, until: number | null) => Promise<void>,
  ) {
    this.#account = account;
    this.#http = http;
    this.#muted = muted;
  }

  async me(): Promise<Profile> {
    return profileOf(await this.#get("/v1/me"));
  }

  async patchMe(change: {
    displayName?: string;
    about?: string;
  }): Promise<Profile> {
    const body = {
      ...pick("display_name", change.displayName),
      ...pick("about", change.about),
    };
    const answer = await this.#account.request("PATCH", "/v1/me", body);
    return profileOf(answer as Json);
  }

  async changePassword(old: string, fresh: string): Promise<void> {
    await this.#account.request("POST", "/v1/me/password", { old, new: fresh });
  }

  async user(user: string): Promise<Profile> {
    return profileOf(await this.#get(`/v1/users/${encode(user)}`));
  }

  async users(ids: readonly string[]): Promise<Profile[]> {
    const out: Profile[] = [];
    for (let i = 0; i < ids.length; i += IDS_MAX) {
      const some = ids.slice(i, i + IDS_MAX).map(encode);
      out.push(...profilesOf(await this.#get(`/v1/users?ids=${some}`)));
    }
    return out;
  }

  async searchUsers(prefix: string): Promise<Profile[]> {
    return profilesOf(await this.#get(`/v1/users?prefix=${encode(prefix)}`));
  }

  async conversation(conv: string): Promise<ConversationInfo> {
    const answer = await this.#get(`/v1/conversations/${encode(conv)}`);
    return {
      conv: answer["conv"] as string,
      ...pick("name", answer["name"] as string | undefined),
      lastSeq: answer["last_seq"] as number,
      members: (answer["members"] as Json[]).map(memberOf),
    };
  }

  async mute(conv: string, until: number | null): Promise<void> {
    const path = `/v1/conversations/${encode(conv)}/settings`;
    await this.#account.request("PUT", path, { muted_until: until });
    await this.#muted(conv, until);
  }

  async createGroup(
    name: string,
    members: readonly string[],
    cid?: string,
  ): Promise<string> {
    const body = { name, members, ...pick("cid", cid) };
    const answer = await this.#account.request("POST", "/v1/groups", body);
    return (answer as Json)["conv"] as string;
  }

  async renameGroup(conv: string, name: string): Promise<void> {
    await this.#account.request("PATCH", groupPath(conv), { name });
  }

  async deleteGroup(conv: string): Promise<void> {
    await this.#account.request("DELETE", groupPath(conv));
  }

  async addMembers(conv: string, users: readonly string[]): Promise<void> {
    const path = `${groupPath(conv)}/members`;
    await this.#account.request("POST", path, { users });
  }

  async setRole(conv: string, user: string, role: Role): Promise<void> {
    await this.#account.request("PUT", memberPath(conv, user), { role });
  }

  async removeMember(conv: string, user: string): Promise<void> {
    await this.#account.request("DELETE", memberPath(conv, user));
  }

  async presence(users: readonly string[]): Promise<Presence[]> {
    const path = `/v1/presence?users=${users.map(encode)}`;
    const answer = await this.#account.request("GET", path);
    return (answer as Json[]).map(presenceOf);
  }

  async blocks(): Promise<string[]> {
    return (await this.#get("/v1/blocks"))["users"] as string[];
  }

  async block(user: string): Promise<void> {
    await this.#account.request("PUT", `/v1/blocks/${encode(user)}`);
  }

  async unblock(user: string): Promise<void> {
    await this.#account.request("DELETE", `/v1/blocks/${encode(user)}`);
  }

  async devices(): Promise<Device[]> {
    const answer = await this.#get("/v1/devices");
    return (answer["devices"] as Json[]).map((x) => ({
      device: x["device"] as string,
      ...(x["name"] !== undefined && { name: x["name"] as string }),
      lastSeen: x["last_seen"] as number,
      online: x["online"] === true,
    }));
  }

  async nameDevice(device: string, name: string | null): Promise<void> {
    const path = `/v1/devices/${encode(device)}`;
    await this.#account.request("PUT", path, { name });
  }

  async removeDevice(device: string): Promise<void> {
    await this.#account.request("DELETE", `/v1/devices/${encode(device)}`);
  }

  async discover(region?: string): Promise<NodeInfo[]> {
    const query = new URLSearchParams();
    if (this.#account.user !== undefined) query.set("user", this.#account.user);
    if (region !== undefined) query.set("region", region);
    const path = `/v1/discover?${query}`;
    const answer = (await this.#http.request("GET", path)) as Json;
    return answer["nodes"] as NodeInfo[];
  }

  async vapidKey(): Promise<string | undefined> {
    // Browsers show the 404 of a key that is not there as an error.
    const { enabled } = await this.#get("/v1/push/settings");
    if (enabled === false) return undefined;
    return (await this.#get("/v1/push/vapid-key"))["key"] as string;
  }

  async pushTargets(): Promise<PushTarget[]> {
    const answer = await this.#get("/v1/push/subscriptions");
    return answer["subscriptions"] as PushTarget[];
  }

  async subscribePush(subscription: WebPushSubscription): Promise<string> {
    const body = { ...subscription, kind: "webpush" };
    const path = "/v1/push/subscriptions";
    const answer = await this.#account.request("POST", path, body);
    return (answer as Json)["id"] as string;
  }

  async unsubscribePush(id: string): Promise<void> {
    const path = `/v1/push/subscriptions/${encode(id)}`;
    await this.#account.request("DELETE", path);
  }

  async quietHours(): Promise<QuietHours | null> {
    const answer = await this.#get("/v1/push/settings");
    const { quiet_from: from, quiet_to: to } = answer;
    if (typeof from !== "string" || typeof to !== "string") return null;
    const utcOffsetMinutes = Number(answer["utc_offset_minutes"] ?? 0);
    return { from, to, utcOffsetMinutes };
  }

  async setQuietHours(hours: QuietHours | null): Promise<void> {
    const body = {
      quiet_from: hours?.from ?? null,
      quiet_to: hours?.to ?? null,
      utc_offset_minutes: hours?.utcOffsetMinutes ?? 0,
    };
    await this.#account.request("PUT", "/v1/push/settings", body);
  }

  async #get(path: string): Promise<Json> {
    return (await this.#account.request("GET", path)) as Json;
  }
}

function encode(text: string): string {
  return encodeURIComponent(text);
}

function groupPath(conv: string): string {
  return `/v1/groups/${encode(conv)}`;
}

function memberPath(conv: string, user: string): string {
  return `${groupPath(conv)}/members/${encode(user)}`;
}

function profileOf(x: Json): Profile {
  return {
    user: x["user"] as string,
    displayName: x["display_name"] as string,
    about: x["about"] as string,
    created: x["created"] as number,
  };
}

function profilesOf(x: Json): Profile[] {
  return (x["users"] as Json[]).map(profileOf);
}
