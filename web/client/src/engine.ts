import type { ClientState, OutboxEntry } from "./api.js";
import { Account } from "./account.js";
import type { Connection } from "./connection.js";
import { Connector } from "./connector.js";
import { Draft } from "./draft.js";
import type { Environment, TimerHandle } from "./environment.js";
import { asParleyError, ParleyError } from "./errors.js";
import { takeRead } from "./happenings.js";
import { Http, type Json } from "./http.js";
import { HttpApi } from "./http_api.js";
import { Intake, type Happening } from "./intake.js";
import { Ledger, type Committed } from "./ledger.js";
import type { Model } from "./model.js";
import { newCid } from "./names.js";
import { Nodes } from "./nodes.js";
import type { ClientOptions } from "./options.js";
import { Passing } from "./passing.js";
import { Sender } from "./sender.js";
import type { Patch, Store, StoredState } from "./store.js";
import { Sync } from "./sync.js";
import type { WireObject } from "./wire.js";

interface EngineParts {
  store: Store;
  stored: StoredState;
  model: Model;
  committed: Committed | undefined;
}

/** Puts the parts together: which of them hears of what. */
export class Engine {
  readonly env: Environment;
  readonly model: Model;
  readonly ledger: Ledger;
  readonly api: HttpApi;
  readonly sender: Sender;
  readonly passing: Passing;
  readonly sync: Sync;
  readonly connector: Connector;
  readonly #account: Account;
  readonly #intake: Intake;
  readonly #nodes: Nodes;
  #refreshTimer: TimerHandle;

  constructor(env: Environment, options: ClientOptions, parts: EngineParts) {
    const { model, store, stored } = parts;
    const { clock } = env;
    const me = () => this.#account.user ?? "";
    this.env = env;
    this.model = model;
    const ledger = new Ledger(store, model, parts.committed);
    this.ledger = ledger;
    const http = new Http(env, options.url);
    this.#account = new Account({ http, ledger, clock }, stored, () =>
      this.#tell({ signedIn: false }),
    );
    const api = new HttpApi(this.#account, http, (conv, until) =>
      this.#mute(conv, until),
    );
    this.api = api;
    this.sender = new Sender(env, model);
    this.passing = new Passing(clock, model);
    const failed = (why: unknown) => this.#failed(why);
    this.sync = new Sync({ model, ledger, api, clock }, me, { failed });
    this.#intake = new Intake({ model, ledger, clock }, me, {
      taken: (all) => this.#taken(all),
      failed: (why) => {
        this.#failed(why);
        this.connector.startOver();
      },
      countedTo: (conv) => this.sync.countedTo(conv),
    });
    this.#nodes = new Nodes(api, http, options);
    this.connector = this.#makeConnector();
  }

  newCid(): string {
    return newCid(this.env.clock.now(), this.env.random);
  }

  async signIn(path: string, body: Json): Promise<void> {
    this.connector.stop();
    await this.#intake.idle();
    const before = this.#account.user;
    await this.#account.signIn(path, body);
    if (before !== this.#account.user) this.#forgetOthers();
    this.#tell({ signedIn: true, user: this.#account.user });
  }

  async signOut(): Promise<void> {
    this.connector.stop("signed-out");
    await this.#intake.idle();
    await this.#account.signOut();
    this.#forgetOthers();
    this.#tell({ signedIn: false, user: undefined });
  }

  start(): void {
    if (!this.#account.signedIn)
      throw new ParleyError("signed_out", "not signed in");
    this.connector.start();
  }

  async close(): Promise<void> {
    this.connector.stop();
    this.#intake.close();
    this.passing.forget();
    await this.#intake.idle();
    await this.ledger.close();
  }

  /** Changes the outbox, then sends what may go out. */
  async changeOutbox(
    change: (entries: readonly OutboxEntry[]) => Patch,
  ): Promise<void> {
    await this.ledger.exclusive(async () => {
      const patch = change(this.model.outbox());
      if (Object.keys(patch).length > 0) await this.ledger.commit(patch);
    });
    this.sender.pump();
  }

  async markRead(conv: string, seq: number): Promise<void> {
    await this.model.loadRows(conv);
    await this.ledger.exclusive(async () => {
      const before = this.model.conversation(conv);
      if (!before) return;
      const draft = new Draft(this.model, this.#account.user ?? "");
      takeRead(draft, this.model, conv, seq, this.#account.user ?? "");
      const { readSeq } = draft.conversation(conv);
      if (readSeq === before.readSeq) return;
      await this.ledger.commit(draft.patch());
      this.connector.connection?.post({ t: "read", conv, seq: readSeq });
    });
  }

  async #mute(conv: string, until: number | null): Promise<void> {
    await this.ledger.exclusive(async () => {
      const known = this.model.conversation(conv);
      if (!known) return;
      const { mutedUntil: _, ...rest } = known;
      const muted = until === null ? rest : { ...rest, mutedUntil: until };
      await this.ledger.commit({ conversations: [muted] });
    });
  }

  #makeConnector(): Connector {
    const findNodes = () => this.#nodes.find();
    return new Connector(this.env, this.#account, findNodes, {
      beforeConnect: async () => {
        await this.#intake.idle();
        const { useq } = this.model;
        const { device } = this.model.state;
        return useq === undefined ? { device } : { device, since: useq };
      },
      ready: (connection) => this.#ready(connection),
      objects: (_, all) => this.#objects(all),
      closed: (_, code) => this.#closed(code),
      status: (x) => this.#tellConnection(x),
      failed: (why) => this.#failed(why),
    });
  }

  #ready(connection: Connection): void {
    this.#intake.attach(connection);
    this.passing.attach(connection);
    this.sync.attach(connection);
    this.sender.attach(connection);
    this.#refreshInTime(connection);
  }

  #closed(code: number): void {
    this.env.clock.clearTimeout(this.#refreshTimer);
    this.#intake.push(this.sender.detach(code));
    this.passing.detach();
    this.sync.detach();
  }

  #objects(all: readonly WireObject[]): void {
    const happenings: Happening[] = [];
    for (const x of all) {
      if (x.t === "msg") this.#stopTyping(x);
      const answer = this.sender.answered(x);
      if (answer) happenings.push(answer);
      else if (x.t === "reconnect") this.#move(x);
      else if (x.t !== "ack" && x.t !== "error" && !this.#passes(x))
        happenings.push({ is: "object", x });
    }
    this.#intake.push(happenings);
  }

  #move(x: WireObject): void {
    const urls = this.#nodes.reached(x["urls"] as string[]);
    this.connector.move(x["within_ms"] as number, urls);
  }

  /** At once: what they type next may be told before this is stored. */
  #stopTyping(msg: WireObject): void {
    this.passing.stopTyping(msg["conv"] as string, msg["from"] as string);
  }

  #passes(x: WireObject): boolean {
    return this.passing.take(x, this.#account.user ?? "");
  }

  /** After it was stored and is seen. */
  #taken(all: readonly Happening[]): void {
    const convs = new Set<string>();
    for (const each of all) {
      if (each.is !== "object") {
        const { conv, cid } = each.entry;
        this.sender.settled(conv, cid);
        convs.add(conv);
        if (each.is === "ack" && each.ack.dup && each.entry.act.kind === "send")
          void this.sync.renew(conv, each.ack.seq);
      } else if (each.x.t === "caught_up") {
        this.#caughtUp();
      } else {
        if (typeof each.x["conv"] === "string") convs.add(each.x["conv"]);
        this.#takenEvent(each.x);
      }
    }
    for (const conv of convs) this.sync.look(conv);
    this.sender.pump();
  }

  #takenEvent(x: WireObject): void {
    const conv = x["conv"] as string;
    const known = this.model.members(conv).length > 0;
    if ((x.t === "member" || x.t === "group") && known)
      void this.sync.loadMembers(conv).catch((why) => this.#failed(why));
  }

  #caughtUp(): void {
    if (!this.connector.connection) return;
    this.connector.caughtUp();
    this.#tellConnection({ connection: "online" });
    void this.sync.caughtUp();
  }

  /** A session outlives its token if it is shown a fresh one in time. */
  #refreshInTime(connection: Connection): void {
    const { clock } = this.env;
    const at = this.#account.refreshAt ?? Infinity;
    if (at === Infinity) return;
    const wait = Math.max(at - clock.now(), 1000);
    this.#refreshTimer = clock.setTimeout(() => {
      void this.#renewSession(connection);
    }, wait);
  }

  async #renewSession(connection: Connection): Promise<void> {
    try {
      const token = await this.#account.token();
      const { device } = this.model.state;
      await connection.request({ t: "auth", token, device });
    } catch (why) {
      this.#failed(why);
    }
    if (connection.isReady && this.#account.signedIn)
      this.#refreshInTime(connection);
  }

  #forgetOthers(): void {
    this.sync.forget();
    this.passing.forget();
    this.model.forgetPassing();
  }

  #failed(why: unknown): void {
    this.model.tell({ type: "error", error: asParleyError(why) });
  }

  #tellConnection(
    x: Pick<ClientState, "connection" | "retryAt" | "stopReason">,
  ): void {
    const { retryAt, stopReason, ...rest } = this.model.state;
    this.model.tell({ type: "state", state: { ...rest, ...x } });
  }

  #tell(x: { signedIn: boolean; user?: string | undefined }): void {
    const { user: before, ...rest } = this.model.state;
    const user = "user" in x ? x.user : before;
    const state = { ...rest, signedIn: x.signedIn };
    this.model.tell({
      type: "state",
      state: user === undefined ? state : { ...state, user },
    });
  }
}
