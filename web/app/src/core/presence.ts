import { useEffect } from "preact/hooks";
import type { ParleyClient, Presence } from "parley-client";
import { lastActive } from "./format";
import { useRead } from "./use_read";

const IDLE_MS = 5 * 60_000;

/** Tells the server whether somebody is looking at this tab. */
export function reportActivity(client: ParleyClient): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let told: "online" | "away" | undefined;
  const tell = (status: "online" | "away") => {
    if (status === told || !client.state.signedIn) return;
    told = status;
    client.setStatus(status);
  };
  const active = () => {
    clearTimeout(timer);
    if (document.hidden) return tell("away");
    tell("online");
    timer = setTimeout(() => tell("away"), IDLE_MS);
  };
  const online = () => client.retryNow();
  const events = ["pointermove", "keydown", "focus"] as const;
  for (const name of events) addEventListener(name, active, { passive: true });
  document.addEventListener("visibilitychange", active);
  addEventListener("online", online);
  active();
  return () => {
    clearTimeout(timer);
    for (const name of events) removeEventListener(name, active);
    document.removeEventListener("visibilitychange", active);
    removeEventListener("online", online);
  };
}

/** Whose presence the page follows. */
export function useWatch(client: ParleyClient, users: readonly string[]): void {
  useEffect(() => {
    client.watch(users);
    return watchAcquaintances(client, users);
  }, [client, users.join()]);
}

/**
 * Until they have heard from us, people hide from us whether they are there.
 * When there is a sign of somebody who was hidden, it is asked once more.
 */
function watchAcquaintances(
  client: ParleyClient,
  users: readonly string[],
): () => void {
  const asked = new Set<string>();
  const sign = (user: string) => {
    const seen = client.presenceOf(user);
    if (seen?.status !== "offline" || seen.lastActive !== undefined) return;
    if (asked.has(user) || !users.includes(user)) return;
    asked.add(user);
    client.watch(users);
  };
  const ends = [
    client.on("message", ({ message }) => sign(message.from)),
    client.on("members", ({ members }) => {
      for (const { user, deliveredSeq } of members)
        if (deliveredSeq > 0) sign(user);
    }),
  ];
  return () => ends.forEach((end) => end());
}

/** Nothing while there is no connection by which one would know. */
export function usePresence(user: string | undefined): Presence | undefined {
  const presence = useRead(
    ["presence"],
    (client) => (user ? client.presenceOf(user) : undefined),
    ({ items }) => items.some((x) => x.user === user),
  );
  const connected = useRead(["state"], ({ state: { connection } }) =>
    /^(online|catching-up)$/.test(connection),
  );
  return connected ? presence : undefined;
}

export function presenceText(presence: Presence | undefined): string {
  if (!presence) return "";
  const { status, lastActive: at } = presence;
  return status === "offline" && at !== undefined ? lastActive(at) : status;
}
