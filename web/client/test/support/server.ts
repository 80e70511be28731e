import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const CANDIDATES = [
  process.env["PARLEY_BINARY"],
  "../../build/test/bin/parley",
  "../../build/release/bin/parley",
];

/** The server's binary; undefined if none was built. */
export const binary = CANDIDATES.map((x) => x && resolve(x)).find(
  (x) => x && existsSync(x),
);

/** Why the tests against the real server do not run, if they do not. */
export const skip = binary ? false : "no server binary; set PARLEY_BINARY";

export interface ServerSettings {
  /** More of the TOML, by table. */
  [table: string]: Record<string, string | number | boolean>;
}

/** A real node on a port of its own, with a data directory of its own. */
export class Server {
  readonly directory: string;
  readonly #settings: ServerSettings;
  #process: ChildProcess | undefined;
  #port = 0;

  private constructor(directory: string, settings: ServerSettings) {
    this.directory = directory;
    this.#settings = settings;
  }

  static async start(settings: ServerSettings = {}): Promise<Server> {
    const directory = await mkdtemp(join(tmpdir(), "parley-client-"));
    const server = new Server(directory, settings);
    await server.start();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** On the port it had before, if it had one. */
  async start(): Promise<void> {
    const config = join(this.directory, "parley.toml");
    await writeFile(config, this.#config());
    const child = spawn(binary!, ["serve", "--config", config], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    let log = "";
    child.stderr.on("data", (x) => (log += String(x)));
    this.#port = await new Promise<number>((ready, failed) => {
      child.once("error", failed);
      child.once("exit", (code) =>
        failed(new Error(`the server exited with ${code}: ${log}`)),
      );
      createInterface(child.stdout).on("line", (line) => {
        const found = /^parley: ready at http:\/\/.*:(\d+)/.exec(line);
        if (found) ready(Number(found[1]));
      });
    });
    child.removeAllListeners("exit");
  }

  /** SIGKILL, and its end. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill(signal);
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }

  #config(): string {
    const tables: ServerSettings = {
      ...this.#settings,
      node: { data_dir: this.directory, ...this.#settings["node"] },
      http: { listen: `127.0.0.1:${this.#port}`, ...this.#settings["http"] },
      // Passwords are not what is tested.
      auth: {
        argon2_memory_kib: 8,
        argon2_iterations: 1,
        ...this.#settings["auth"],
      },
      log: { level: "warn" },
    };
    return Object.entries(tables)
      .map(([table, keys]) => `[${table}]\n${lines(keys)}`)
      .join("");
  }
}

function lines(keys: Record<string, string | number | boolean>): string {
  return Object.entries(keys)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
    .join("");
}
