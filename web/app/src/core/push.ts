import type { ParleyClient } from "parley-client";
import { askForNotifications } from "./notifications";
import { Signal } from "./signal";

/** Notifications that come while Parley is closed: Web Push. */

/** The server's id of this browser's subscription. */
const KEY = "parley.push";

export const isPushed = new Signal<boolean>(kept() !== null);

/** The server's key; undefined where the browser or the server cannot push. */
export async function pushKey(
  client: ParleyClient,
): Promise<string | undefined> {
  if (!(await pushManager())) return undefined;
  // Without a connection nothing is offered.
  return client.api.vapidKey().catch(() => undefined);
}

/** @returns whether the browser allowed it. */
export async function startPush(
  client: ParleyClient,
  key: string,
): Promise<boolean> {
  const manager = await pushManager();
  if (!manager || !(await askForNotifications())) return false;
  await tell(client, await subscribe(manager, key));
  return true;
}

export async function stopPush(client: ParleyClient): Promise<void> {
  const id = kept();
  await forgetPush();
  // A server that cannot be told finds the browser's end closed.
  if (id) await client.api.unsubscribePush(id).catch(() => {});
}

/** Of a login that is over nothing more may be shown. */
export async function forgetPush(): Promise<void> {
  if (!kept()) return;
  keep(null);
  const subscription = await (await pushManager())?.getSubscription();
  await subscription?.unsubscribe();
}

/** At each start: browsers change subscriptions, and servers let old ones go. */
export async function renewPush(client: ParleyClient): Promise<void> {
  if (!kept()) return;
  if (Notification.permission !== "granted") return stopPush(client);
  const subscription = await (await pushManager())?.getSubscription();
  if (subscription) return tell(client, subscription);
  const key = await pushKey(client);
  if (key) await startPush(client, key);
}

async function tell(
  client: ParleyClient,
  subscription: PushSubscription,
): Promise<void> {
  const { device } = client.state;
  const body = { ...subscription.toJSON(), device };
  keep(await client.api.subscribePush(body));
}

async function pushManager(): Promise<PushManager | undefined> {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  // A development server has no worker, and older browsers no push.
  if (!(await workers?.getRegistration())) return undefined;
  const { pushManager } = await navigator.serviceWorker.ready;
  return pushManager as PushManager | undefined;
}

async function subscribe(
  manager: PushManager,
  key: string,
): Promise<PushSubscription> {
  const options = { userVisibleOnly: true, applicationServerKey: key };
  try {
    return await manager.subscribe(options);
  } catch (why) {
    // There is one for a key that the server had before.
    const old = await manager.getSubscription();
    if (!old) throw why;
    await old.unsubscribe();
    return manager.subscribe(options);
  }
}

function kept(): string | null {
  return localStorage.getItem(KEY);
}

function keep(id: string | null): void {
  if (id) localStorage.setItem(KEY, id);
  else localStorage.removeItem(KEY);
  isPushed.value = id !== null;
}
