import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const built = (preset) =>
  fileURLToPath(new URL(`../../build/${preset}/bin/parley`, import.meta.url));

const binary =
  process.env.PARLEY_BINARY ??
  [built("test"), built("release")].find((x) => existsSync(x));

export const skip = binary ? false : "no server binary; set PARLEY_BINARY";

export class Server {
  port = 0;
  directory;
  #settings;
  #process;
  #ended;

  static async start(settings = {}) {
    if (skip) throw new Error(skip);
    const server = new Server();
    server.directory = await mkdtemp(join(tmpdir(), "parley-node-"));
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
      // A change of presence is told as it comes.
      presence: { coalesce: "0ms", node_grace: "0ms" },
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
