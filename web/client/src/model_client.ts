import type {
  Ack,
  Act,
  ClientEvent,
  ClientState,
  Conversation,
  EventName,
  EventOf,
  Member,
  OutboxEntry,
  Presence,
  Timeline,
} from "./api.js";
import { Confirmations } from "./confirmations.js";
import type { Model } from "./model.js";
import { checkBody } from "./names.js";
import { pick } from "./wire.js";

/** What every client does alike: it reads from a model, and queues acts. */
export abstract class ModelClient {
  readonly model: Model;
  protected readonly confirmations: Confirmations;

  constructor(model: Model) {
    this.model = model;
    this.confirmations = new Confirmations(model);
  }

  /** Puts an act into the outbox, durably. */
  protected abstract act(conv: string, act: Act): Promise<OutboxEntry>;

  get state(): ClientState {
    return this.model.state;
  }

  conversations(): readonly Conversation[] {
    return this.model.conversations();
  }

  conversation(conv: string): Conversation | undefined {
    return this.model.conversation(conv);
  }

  timeline(conv: string): Timeline {
    return this.model.timeline(conv);
  }

  members(conv: string): readonly Member[] {
    return this.model.members(conv);
  }

  presenceOf(user: string): Presence | undefined {
    return this.model.presenceOf(user);
  }

  typingIn(conv: string): readonly string[] {
    return this.model.typingIn(conv);
  }

  outbox(): readonly OutboxEntry[] {
    return this.model.outbox();
  }

  async send(
    conv: string,
    body: string,
    replyTo?: number,
  ): Promise<OutboxEntry> {
    checkBody(body);
    return this.act(conv, { kind: "send", body, ...pick("replyTo", replyTo) });
  }

  async edit(conv: string, seq: number, body: string): Promise<OutboxEntry> {
    checkBody(body);
    return this.act(conv, { kind: "edit", seq, body });
  }

  delete(conv: string, seq: number): Promise<OutboxEntry> {
    return this.act(conv, { kind: "delete", seq });
  }

  react(
    conv: string,
    seq: number,
    emoji: string,
    on: boolean,
  ): Promise<OutboxEntry> {
    return this.act(conv, { kind: "react", seq, emoji, on });
  }

  confirmation(cid: string): Promise<Ack> {
    return this.confirmations.of(cid);
  }

  on<K extends EventName>(
    name: K,
    callback: (event: EventOf<K>) => void,
  ): () => void {
    return this.model.emitter.on(name, callback);
  }

  subscribe(callback: (event: ClientEvent) => void): () => void {
    return this.model.emitter.subscribe(callback);
  }

  events(): AsyncIterableIterator<ClientEvent> {
    return this.model.emitter.events();
  }

  protected end(): void {
    this.confirmations.close();
    this.model.emitter.close();
  }
}
