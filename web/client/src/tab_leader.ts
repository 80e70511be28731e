import type { ClientEvent } from "./api.js";
import { openClient, type Client } from "./client.js";
import type { ClientOptions } from "./options.js";
import { failureOf, portable, type TabMessage } from "./tab_channel.js";

/** Events that come from patches where these are taken in. */
const OF_PATCHES = new Set<ClientEvent["type"]>([
  "timeline",
  "conversation",
  "conversations",
  "outbox",
  "message",
  "acked",
  "reset",
]);

type Call = Extract<TabMessage, { is: "call" }>;
type Say = (message: TabMessage) => void;

/** The one tab that has the connection; it acts for all of them. */
export class Leader {
  readonly #client: Client;
  readonly #say: Say;
  readonly #watched = new Map<string, readonly string[]>();
  readonly #statuses = new Map<string, "online" | "away">();

  private constructor(client: Client, say: Say) {
    this.#client = client;
    this.#say = say;
    client.subscribe((event) => {
      if (!OF_PATCHES.has(event.type))
        say({ is: "event", event: portable(event) });
    });
  }

  static async start(options: ClientOptions, say: Say): Promise<Leader> {
    const client = await openClient(options, (patch, events) =>
      say({ is: "patch", patch, events }),
    );
    return new Leader(client, say);
  }

  get client(): Client {
    return this.#client;
  }

  hear(message: TabMessage): void {
    if (message.is === "hello") this.#welcome(message.from);
    else if (message.is === "bye") this.#forget(message.from);
    else if (message.is === "call") void this.#serve(message);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #welcome(to: string): void {
    const events = this.#client.model.passing();
    this.#say({ is: "welcome", to, events });
  }

  async #serve({ from, id, method, args }: Call): Promise<void> {
    try {
      const value = await this.#run(from, method, args);
      this.#say({ is: "result", to: from, id, value });
    } catch (why) {
      this.#say({ is: "result", to: from, id, failure: failureOf(why) });
    }
  }

  #run(from: string, method: string, args: readonly unknown[]): unknown {
    if (method === "watch") {
      this.#watched.set(from, args[0] as string[]);
      return this.#watchAll();
    }
    if (method === "setStatus") {
      this.#statuses.set(from, args[0] as "online" | "away");
      return this.#tellStatus();
    }
    const inApi = method.startsWith("api.");
    const target: object = inApi ? this.#client.api : this.#client;
    const name = inApi ? method.slice("api.".length) : method;
    const run = Reflect.get(target, name) as (...all: unknown[]) => unknown;
    const value = Reflect.apply(run, target, args);
    // The timeline is in every tab's own model.
    return method === "open" ? Promise.resolve(value).then(() => {}) : value;
  }

  #forget(tab: string): void {
    if (this.#watched.delete(tab)) this.#watchAll();
    if (this.#statuses.delete(tab)) this.#tellStatus();
  }

  #watchAll(): void {
    const all = new Set([...this.#watched.values()].flat());
    this.#client.watch([...all].slice(0, 200));
  }

  /** Away when every tab is. */
  #tellStatus(): void {
    const all = [...this.#statuses.values()];
    const away = all.length > 0 && all.every((x) => x === "away");
    this.#client.setStatus(away ? "away" : "online");
  }
}
