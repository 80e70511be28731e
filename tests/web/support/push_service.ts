import { createECDH, randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
} from "node:http";
import type { AddressInfo } from "node:net";
import { decrypt } from "http_ece";
import type { BrowserContext } from "playwright-core";

export interface Pushed {
  readonly headers: IncomingHttpHeaders;
  /** Decrypted. */
  readonly text: string;
}

/**
 * What a browser's maker has, and headless browsers have not: somewhere to
 * subscribe, which then takes the messages of Web Push.
 */
export class PushService {
  readonly pushed: Pushed[] = [];
  readonly #server: Server;
  readonly #browser = createECDH("prime256v1");
  readonly #secret = randomBytes(16).toString("base64url");

  private constructor() {
    this.#browser.generateKeys();
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const text = decrypt(Buffer.concat(chunks), {
        version: "aes128gcm",
        privateKey: this.#browser,
        authSecret: this.#secret,
      });
      this.pushed.push({ headers: request.headers, text: String(text) });
      response.writeHead(201).end();
    });
  }

  static async start(): Promise<PushService> {
    const service = new PushService();
    await once(service.#server.listen(0, "127.0.0.1"), "listening");
    return service;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Pages of this context subscribe here. */
  serve(context: BrowserContext): Promise<void> {
    const { port } = this.#server.address() as AddressInfo;
    const subscription = {
      endpoint: `http://127.0.0.1:${port}/push/1`,
      keys: {
        p256dh: this.#browser.getPublicKey("base64url"),
        auth: this.#secret,
      },
    };
    return context.addInitScript(subscribeTo, subscription);
  }
}

/** Runs in each page, before anything of it. */
function subscribeTo(given: { endpoint: string; keys: object }): void {
  const kept = "test.subscribed";
  const subscription = {
    ...given,
    toJSON: () => ({ ...given, expirationTime: null }),
    unsubscribe: () => {
      localStorage.removeItem(kept);
      return Promise.resolve(true);
    },
  };
  Object.assign(PushManager.prototype, {
    getSubscription: () =>
      Promise.resolve(localStorage.getItem(kept) ? subscription : null),
    subscribe: (options: { applicationServerKey: string }) => {
      localStorage.setItem(kept, options.applicationServerKey);
      return Promise.resolve(subscription);
    },
  });
}
