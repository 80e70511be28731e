import { spawn, type ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

export interface Notification {
  id: string;
  user: string;
  conv: string;
  title: string;
  body: string;
  badge: number;
  collapse_key: string;
  ttl: number;
  ts_ms: number;
}

export interface Outcome {
  said: "taken" | "gone" | "later" | "refused";
  retry_after?: number;
  detail: string;
}

export interface TransportSettings {
  timeout_ms?: number;
  in_flight_per_origin_max?: number;
  allow_private?: boolean;
  ca_file?: string;
  known_hosts?: string[];
}

export interface Settings {
  transport: TransportSettings;
  web_push?: { key_file: string; contact: string };
  webhook?: { url: string; secret: string };
  apns?: {
    key_file: string;
    key_id: string;
    team_id: string;
    topic: string;
    url: string;
  };
  fcm?: { service_account_file: string; url: string };
}

type Provider = "web_push" | "webhook" | "apns" | "fcm";

export const hello: Notification = {
  id: "msg_01",
  user: "bob",
  conv: "dm:alice:bob",
  title: "Alice",
  body: "Hello, Bob! 👋",
  badge: 3,
  collapse_key: "Zm9vYmFy_-AbCdEf0123456789abcdef",
  ttl: 3600,
  ts_ms: 1_700_000_000_123,
};

/** The providers of the node, without the node. */
export class Probe {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting = new Map<number, (said: Outcome) => void>();
  #sent = 0;

  constructor(settings: Settings) {
    const path = process.env["PARLEY_SEND_PROBE"];
    if (!path) throw new Error("PARLEY_SEND_PROBE names no program");
    this.#process = spawn(path, { stdio: ["pipe", "pipe", "inherit"] });
    this.#tell(settings);
    createInterface({ input: this.#process.stdout }).on("line", (line) => {
      const { n, ...said } = JSON.parse(line) as Outcome & { n: number };
      this.#waiting.get(n)?.(said);
      this.#waiting.delete(n);
    });
  }

  send(
    provider: Provider,
    target: object,
    notification: Partial<Notification> = {},
  ): Promise<Outcome> {
    const n = ++this.#sent;
    const said = new Promise<Outcome>((done) => this.#waiting.set(n, done));
    const what = { ...hello, ...notification };
    this.#tell({ n, provider, target, notification: what });
    return said;
  }

  /** It ends when all is answered; its memory is sound if it says so. */
  async end(): Promise<number | null> {
    const ended = new Promise<number | null>((done) =>
      this.#process.once("exit", done),
    );
    this.#process.stdin.end();
    return ended;
  }

  #tell(line: object): void {
    this.#process.stdin.write(`${JSON.stringify(line)}\n`);
  }
}
