import { after, before } from "node:test";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { Server, type ServerSettings } from "parley-testing";
import { launch } from "./browser.js";
import { Person } from "./person.js";

/** A node and a browser for the tests of one file, which share them. */
export class World {
  #server: Server | undefined;
  #browser: Browser | undefined;
  #people = 0;

  constructor(settings: ServerSettings = {}) {
    before(async () => {
      this.#server = await Server.start(settings);
      this.#browser = await launch();
    });
    after(async () => {
      await this.#browser?.close();
      await this.#server?.remove();
    });
  }

  get server(): Server {
    return this.#server!;
  }

  get url(): string {
    return this.server.url;
  }

  get browser(): Browser {
    return this.#browser!;
  }

  /** A name that nobody in this world has had. */
  name(base: string): string {
    return `${base}${++this.#people}`;
  }

  /** Somebody new, signed in. */
  person(
    base: string,
    options: BrowserContextOptions & { name?: string } = {},
  ): Promise<Person> {
    const user = this.name(base);
    return Person.registered(this.browser, this.url, user, {
      name: user,
      ...options,
    });
  }

  /** What a metric of the node says. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const found = new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, "m").exec(text);
    return Number(found?.[1] ?? NaN);
  }
}
