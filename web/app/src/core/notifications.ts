import type { MessageItem, ParleyClient } from "parley-client";
import { oneLine } from "./text";
import { titleOf } from "./titles";
import { notify } from "./settings";
import { profiles } from "./profiles";
import { goTo } from "./router";
import type { ToWorker } from "../worker/messages";

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

/** The one script's address that is ever set: that of the worker. */
function workerAddress(): string {
  const address = "/sw.js";
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (!trustedTypes) return address;
  const policy = trustedTypes.createPolicy("parley", {
    createScriptURL: () => address,
  });
  return policy.createScriptURL(address);
}

export function canNotify(): boolean {
  return "serviceWorker" in navigator && "Notification" in globalThis;
}

/** The worker shows notifications and keeps the app for when one is offline. */
export async function startWorker(): Promise<void> {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!workers || !import.meta.env.PROD) return;
  workers.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    const { open } = (data ?? {}) as { open?: string };
    if (open) goTo(open);
  });
  await workers.register(workerAddress());
}

/** @returns whether they may be shown. */
export async function askForNotifications(): Promise<boolean> {
  return (await Notification.requestPermission()) === "granted";
}

/** Shows what comes in while nobody looks. */
export function notifyOf(client: ParleyClient): () => void {
  return client.on("message", ({ conv, message }) => {
    if (!document.hidden || !notify.value || !canNotify()) return;
    if (Notification.permission !== "granted") return;
    if (message.from === client.state.user || message.deleted) return;
    if ((client.conversation(conv)?.mutedUntil ?? 0) > Date.now()) return;
    void show(client, conv, message);
  });
}

async function show(
  client: ParleyClient,
  conv: string,
  message: MessageItem,
): Promise<void> {
  const registration = await navigator.serviceWorker.ready;
  const sender = profiles.nameOf(message.from);
  const text = oneLine(message.body ?? "");
  const isGroup = conv.startsWith("g:");
  const notice: ToWorker = {
    notify: {
      conv,
      title: isGroup ? titleOf(client, conv) : sender,
      body: isGroup ? `${sender}: ${text}` : text,
    },
  };
  // The worker knows whether another tab is being looked at.
  registration.active?.postMessage(notice);
}

/** The number of unread messages where browsers show it. */
export function showUnread(client: ParleyClient): void {
  const now = Date.now();
  const unread = client
    .conversations()
    .filter((x) => !x.left && (x.mutedUntil ?? 0) <= now)
    .reduce((sum, x) => sum + x.unread, 0);
  document.title = unread > 0 ? `(${unread}) Parley` : "Parley";
  const badge = navigator as Navigator & {
    setAppBadge?(count: number): Promise<void>;
  };
  badge.setAppBadge?.(unread).catch(() => {
    // Only an installed app has one.
  });
}
