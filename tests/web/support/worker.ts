import type { CDPSession, Page, Worker } from "playwright-core";
import { until } from "./until.js";

/** The service worker of a page, as the browser's push service would see it. */
export class PushedWorker {
  readonly #page: Page;
  readonly #cdp: CDPSession;
  readonly #registration: string;

  private constructor(page: Page, cdp: CDPSession, registration: string) {
    this.#page = page;
    this.#cdp = cdp;
    this.#registration = registration;
  }

  static async of(page: Page): Promise<PushedWorker> {
    await page.evaluate(() => navigator.serviceWorker.ready);
    const cdp = await page.context().newCDPSession(page);
    const found = new Promise<string>((done) => {
      cdp.on("ServiceWorker.workerRegistrationUpdated", (event) => {
        const [first] = event.registrations;
        if (first) done(first.registrationId);
      });
    });
    await cdp.send("ServiceWorker.enable");
    return new PushedWorker(page, cdp, await found);
  }

  /**
   * Delivers a message as if it had come from the push service, until its
   * notification is shown: on a busy machine the browser may lose one.
   */
  pushUntilShown(origin: string, data: string, notice: string): Promise<void> {
    const isShown = async () => (await this.notices()).includes(notice);
    return until(`"${notice}" is shown`, async () => {
      await this.push(origin, data);
      const patience = 5_000;
      return until(notice, isShown, patience).then(
        () => true,
        () => false,
      );
    });
  }

  /** Delivers it once, when the worker knows of no page that is open. */
  async push(origin: string, data: string): Promise<void> {
    await until("the worker is alone", async () => {
      const worker = await this.#worker();
      return worker.evaluate(async () => {
        const { clients } = globalThis as unknown as WorkerScope;
        return (await clients.matchAll({ type: "window" })).length === 0;
      });
    });
    const registrationId = this.#registration;
    const message = { origin, registrationId, data };
    await this.#cdp.send("ServiceWorker.deliverPushMessage", message);
  }

  /** What is shown: "title: text", in the order of the alphabet. */
  async notices(): Promise<string[]> {
    const worker = await this.#worker();
    const all = await worker.evaluate(async () => {
      const { registration } = globalThis as unknown as WorkerScope;
      const shown = await registration.getNotifications();
      return shown.map(({ title, body }) => `${title}: ${body}`);
    });
    return all.sort();
  }

  /** What the browser tells the worker of a click; a test cannot click there. */
  async click(title: string): Promise<void> {
    const worker = await this.#worker();
    await worker.evaluate(async (title) => {
      const scope = globalThis as unknown as WorkerScope;
      const shown = await scope.registration.getNotifications();
      const notification = shown.find((x) => x.title === title);
      const click = new scope.NotificationEvent("notificationclick", {
        notification,
      });
      // Only the browser's own events may keep a worker awake.
      click.waitUntil = () => {};
      scope.dispatchEvent(click);
    }, title);
  }

  async #worker(): Promise<Worker> {
    const context = this.#page.context();
    const [running] = context.serviceWorkers();
    return running ?? context.waitForEvent("serviceworker");
  }
}

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  readonly clients: { matchAll(of: { type: "window" }): Promise<unknown[]> };
  readonly registration: ServiceWorkerRegistration;
  readonly NotificationEvent: new (
    type: string,
    init: { notification: Notification | undefined },
  ) => Event & { waitUntil: () => void };
  dispatchEvent(event: Event): boolean;
}
