import { useEffect } from "preact/hooks";
import type { ParleyClient, Profile } from "parley-client";
import { useClient } from "./client";
import { Signal } from "./signal";
import { useSubscription } from "./use_read";

const KEY = "parley.names";
const KEPT_MAX = 500;

/** Who people are. Asked for many at a time, and once each. */
class Profiles {
  readonly #known = new Map<string, Profile>();
  /** What they were called when this was last asked, for when one is offline. */
  readonly #names: Map<string, string>;
  readonly #asked = new Set<string>();
  readonly #waiting = new Set<string>();
  readonly version = new Signal(0);

  constructor() {
    this.#names = new Map(readNames());
  }

  get(user: string): Profile | undefined {
    return this.#known.get(user);
  }

  nameOf(user: string): string {
    const name = this.#known.get(user)?.displayName ?? this.#names.get(user);
    return name?.trim() || user;
  }

  /** Asks the server about this user, soon, unless that was done. */
  want(client: ParleyClient, user: string): void {
    if (this.#asked.has(user)) return;
    this.#asked.add(user);
    this.#waiting.add(user);
    if (this.#waiting.size === 1) queueMicrotask(() => void this.#ask(client));
  }

  put(...profiles: readonly Profile[]): void {
    for (const each of profiles) {
      this.#known.set(each.user, each);
      this.#names.delete(each.user);
      this.#names.set(each.user, each.displayName);
    }
    if (profiles.length === 0) return;
    keepNames([...this.#names].slice(-KEPT_MAX));
    ++this.version.value;
  }

  /** Asks again, for names change. */
  async refresh(client: ParleyClient, user: string): Promise<void> {
    this.put(await client.api.user(user));
  }

  forget(): void {
    this.#known.clear();
    this.#names.clear();
    this.#asked.clear();
    keepNames([]);
  }

  async #ask(client: ParleyClient): Promise<void> {
    const users = [...this.#waiting];
    this.#waiting.clear();
    try {
      this.put(...(await client.api.users(users)));
    } catch {
      // Asked again when somebody next wants to know.
      for (const user of users) this.#asked.delete(user);
    }
  }
}

function readNames(): [string, string][] {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]") as [string, string][];
  } catch {
    return [];
  }
}

function keepNames(names: readonly [string, string][]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(names));
  } catch {
    // Without room for them, names are asked for after each reload.
  }
}

export const profiles = new Profiles();

/** Names can be drawn; those in `users` are asked for. */
export function useNames(users: readonly string[]): (user: string) => string {
  const client = useClient();
  useSubscription(profiles.version.subscribe);
  useEffect(() => {
    for (const user of users) profiles.want(client, user);
  }, [client, users.join()]);
  return (user) => profiles.nameOf(user);
}

export function useName(user: string): string {
  return useNames([user])(user);
}
