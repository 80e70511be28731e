import type {
  Act,
  Api,
  ClientState,
  HistoryPage,
  HistoryQuery,
  Member,
  OutboxEntry,
  ParleyClient,
  Timeline,
} from "./api.js";
import { Engine } from "./engine.js";
import { environmentOf, type WebSocketClass } from "./environment.js";
import { ParleyError } from "./errors.js";
import type { Committed } from "./ledger.js";
import { Model } from "./model.js";
import { ModelClient } from "./model_client.js";
import { newCid } from "./names.js";
import type { ClientOptions } from "./options.js";
import { MemoryStore } from "./store.js";
import { pick } from "./wire.js";

/** A client with a connection of its own, as the store has left it. */
export async function createClient(
  options: ClientOptions,
): Promise<ParleyClient> {
  return openClient(options);
}

/** `committed` is told of every patch, for those who keep a copy. */
export async function openClient(
  options: ClientOptions,
  committed?: Committed,
): Promise<Client> {
  const env = environmentOf({
    ...options,
    WebSocket: options.WebSocket as WebSocketClass | undefined,
  });
  const store = options.store ?? new MemoryStore();
  const stored = await store.load();
  const device =
    options.device ?? stored.device ?? newCid(env.clock.now(), env.random);
  const state: ClientState = {
    signedIn: stored.credentials !== undefined,
    ...pick("user", stored.user),
    device,
    connection: "stopped",
  };
  const model = new Model(store, stored, state);
  const engine = new Engine(env, options, { store, stored, model, committed });
  if (device !== stored.device) await engine.ledger.commit({ device });
  return new Client(engine);
}

/** The public interface over the parts that do the work. */
export class Client extends ModelClient implements ParleyClient {
  readonly api: Api;
  readonly #engine: Engine;
  #order: number;

  constructor(engine: Engine) {
    super(engine.model);
    this.#engine = engine;
    this.api = engine.api;
    this.#order = this.model.outbox().at(-1)?.order ?? 0;
  }

  register(user: string, password: string, displayName?: string) {
    const body = { user, password, ...pick("display_name", displayName) };
    return this.#engine.signIn("/v1/register", body);
  }

  login(user: string, password: string): Promise<void> {
    return this.#engine.signIn("/v1/login", { user, password });
  }

  logout(): Promise<void> {
    return this.#engine.signOut();
  }

  start(): void {
    this.#engine.start();
  }

  stop(): void {
    this.#engine.connector.stop();
  }

  retryNow(): void {
    this.#engine.connector.retryNow();
  }

  async close(): Promise<void> {
    await this.#engine.close();
    this.end();
  }

  open(conv: string): Promise<Timeline> {
    return this.#engine.sync.open(conv);
  }

  loadOlder(conv: string, limit?: number): Promise<boolean> {
    return this.#engine.sync.loadOlder(conv, limit);
  }

  ensureRange(conv: string, from: number, to: number): Promise<void> {
    return this.#engine.sync.ensureRange(conv, from, to);
  }

  loadMembers(conv: string): Promise<readonly Member[]> {
    return this.#engine.sync.loadMembers(conv);
  }

  history(conv: string, query?: HistoryQuery): Promise<HistoryPage> {
    return this.#engine.sync.history(conv, query);
  }

  refreshConversations(): Promise<void> {
    return this.#engine.sync.refreshConversations();
  }

  /** Queues an act under this name; once, however often it is asked for. */
  async queue(conv: string, act: Act, cid: string): Promise<OutboxEntry> {
    if (this.state.user === undefined)
      throw new ParleyError("signed_out", "not signed in");
    const created = this.#engine.env.clock.now();
    const order = ++this.#order;
    let entry: OutboxEntry = {
      cid,
      conv,
      act,
      created,
      order,
      state: "queued",
    };
    await this.#engine.changeOutbox((entries) => {
      const known = entries.find((x) => x.cid === cid);
      if (!known) return { outboxPut: [entry] };
      entry = known;
      return {};
    });
    return entry;
  }

  async retry(cid: string): Promise<void> {
    await this.#engine.changeOutbox((entries) => {
      const entry = entries.find((x) => x.cid === cid);
      if (entry?.state !== "failed") return {};
      const { error, ...rest } = entry;
      const again = { ...rest, state: "queued" as const };
      if (error?.code !== "cid_conflict") return { outboxPut: [again] };
      // This name stands for something else at the server.
      const renamed = { ...again, cid: this.#engine.newCid() };
      return { outboxPut: [renamed], outboxRemove: [cid] };
    });
  }

  async discard(cid: string): Promise<void> {
    await this.#engine.changeOutbox((entries) => {
      const entry = entries.find((x) => x.cid === cid);
      if (!entry) return {};
      this.#engine.sender.settled(entry.conv, cid);
      return { outboxRemove: [cid] };
    });
  }

  markRead(conv: string, seq?: number): Promise<void> {
    return this.#engine.markRead(conv, seq ?? Infinity);
  }

  typing(conv: string): void {
    this.#engine.passing.typing(conv);
  }

  watch(users: readonly string[]): void {
    this.#engine.passing.watch(users);
  }

  setStatus(status: "online" | "away"): void {
    this.#engine.passing.setStatus(status);
  }

  protected override act(conv: string, act: Act): Promise<OutboxEntry> {
    return this.queue(conv, act, this.#engine.newCid());
  }
}
