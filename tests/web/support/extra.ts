import { once } from "node:events";
import { WebSocket } from "ws";
import { PASSWORD } from "./person.js";

interface Reply {
  readonly t: string;
  readonly id?: number;
  readonly seq: number;
  readonly conv: string;
  readonly message?: string;
}

/** Somebody without a browser, who speaks the protocol itself. */
export class Extra {
  readonly user: string;
  readonly #url: string;
  readonly #token: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #last = 0;

  private constructor(user: string, url: string, token: string) {
    this.user = user;
    this.#url = url;
    this.#token = token;
    this.#socket = new WebSocket(`${url.replace("http", "ws")}/v1/ws`);
    this.#socket.on("message", (data) => {
      const read = JSON.parse(String(data)) as Reply | Reply[];
      for (const x of Array.isArray(read) ? read : [read])
        if (x.id !== undefined) this.#waiting.get(x.id)?.(x);
    });
  }

  static async joined(url: string, user: string, name: string): Promise<Extra> {
    const answer = await fetch(`${url}/v1/register`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user, password: PASSWORD, display_name: name }),
    });
    const { token } = (await answer.json()) as { token: string };
    const extra = new Extra(user, url, token);
    await once(extra.#socket, "open");
    await extra.ask({ t: "auth", token, device: "extra" });
    return extra;
  }

  async ask(request: { t: string } & Record<string, unknown>): Promise<Reply> {
    const id = ++this.#last;
    const reply = await new Promise<Reply>((done) => {
      this.#waiting.set(id, done);
      this.#socket.send(JSON.stringify({ ...request, id }));
    });
    if (reply.t === "error") throw new Error(reply.message);
    return reply;
  }

  /** @returns its `seq`. */
  async send(conv: string, body: string, replyTo?: number): Promise<number> {
    const cid = `extra-${++this.#last}`;
    const answer = replyTo === undefined ? {} : { reply_to: replyTo };
    return (await this.ask({ t: "send", cid, conv, body, ...answer })).seq;
  }

  async react(conv: string, seq: number, emoji: string): Promise<void> {
    await this.ask({ t: "react", conv, seq, emoji, on: true });
  }

  read(conv: string, seq: number): void {
    this.#socket.send(JSON.stringify({ t: "read", conv, seq }));
  }

  typing(conv: string): void {
    this.#socket.send(JSON.stringify({ t: "typing", conv }));
  }

  async createGroup(name: string, members: string[]): Promise<string> {
    const answer = await fetch(`${this.#url}/v1/groups`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Bearer ${this.#token}`,
      },
      body: JSON.stringify({ name, members }),
    });
    return ((await answer.json()) as { conv: string }).conv;
  }

  async leave(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, "close");
  }
}
