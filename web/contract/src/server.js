import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const built = (preset) =>
  fileURLToPath(
    new URL(`../../../build/${preset}/bin/parley`, import.meta.url),
  );

/** The server's binary. */
export const binary =
  process.env.PARLEY_BINARY ??
  [built("test"), built("release")].find((x) => existsSync(x));

/**
 * A real node with a data directory of its own, on a port of its own that it
 * keeps when it is started again.
 */
export class Server {
  port = 0;
  directory;
  #settings;
  #process;
  #ended;

  /** @param {Record<string, Record<string, unknown>>} settings TOML, by table */
  static async start(settings = {}) {
    if (!binary) throw new Error("no server binary; set PARLEY_BINARY");
    const server = new Server();
    server.directory = await mkdtemp(join(tmpdir(), "parley-contract-"));
    server.#settings = settings;
    await server.start();
    return server;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  async start() {
    const config = join(this.directory, "parley.toml");
    await writeFile(config, this.#toml());
    const child = spawn(binary, ["serve", "--config", config], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    let log = "";
    child.stderr.on("data", (x) => (log += x));
    this.#ended = new Promise((done) => child.once("exit", done));
    this.port = await new Promise((ready, failed) => {
      child.once("error", failed);
      this.#ended.then((code) =>
        failed(new Error(`the server exited with ${code}: ${log}`)),
      );
      createInterface(child.stdout).on("line", (line) => {
        const found = /^parley: ready at http:\/\/.*:(\d+)/.exec(line);
        if (found) ready(Number(found[1]));
      });
    });
  }

  /** Signals the node; waits for its end with `stop`. */
  signal(signal = "SIGTERM") {
    this.#process.kill(signal);
  }

  async stop(signal = "SIGTERM") {
    if (this.#process.exitCode === null) this.signal(signal);
    await this.#ended;
  }

  async remove() {
    await this.stop("SIGKILL");
    await rm(this.directory, { recursive: true, force: true });
  }

  #toml() {
    const { node, http, auth, ...others } = this.#settings;
    const tables = {
      node: { data_dir: this.directory, ...node },
      http: { listen: `127.0.0.1:${this.port}`, ...http },
      // Passwords are not what is tested.
      auth: { argon2_memory_kib: 8, argon2_iterations: 1, ...auth },
      log: { level: "warn" },
      ...others,
    };
    const line = ([key, value]) => `${key} = ${JSON.stringify(value)}\n`;
    return Object.entries(tables)
      .map(
        ([table, keys]) =>
          `[${table}]\n${Object.entries(keys).map(line).join("")}`,
      )
      .join("");
  }
}
