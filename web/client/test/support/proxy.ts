import {
  createConnection,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import type { AddressInfo } from "node:net";

/**
 * A TCP proxy that cuts connections after a random number of bytes, in either
 * direction, wherever in a frame that is.
 */
export class CuttingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #random: () => number;
  readonly #meanBytes: number;
  cutting = true;
  cuts = 0;

  private constructor(target: number, random: () => number, meanBytes: number) {
    this.#random = random;
    this.#meanBytes = meanBytes;
    this.#server = createServer((client) => this.#serve(client, target));
  }

  /** In front of a port of this machine. */
  static async start(
    target: number,
    random: () => number,
    meanBytes: number,
  ): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(target, random, meanBytes);
    await new Promise<void>((done) =>
      proxy.#server.listen(0, "127.0.0.1", done),
    );
    return proxy;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => this.#server.close(done));
  }

  #serve(client: Socket, target: number): void {
    const server = createConnection(target, "127.0.0.1");
    const both = [client, server];
    const end = () => both.forEach((x) => x.destroy());
    let left = -Math.log(1 - this.#random()) * this.#meanBytes;
    const relay = (from: Socket, to: Socket) => {
      this.#sockets.add(from);
      from.on("error", end);
      from.on("close", () => {
        this.#sockets.delete(from);
        end();
      });
      from.on("data", (bytes: Buffer) => {
        left -= bytes.length;
        if (left > 0 || !this.cutting) return void to.write(bytes);
        ++this.cuts;
        // What was sent before the cut may arrive, in part.
        to.write(bytes.subarray(0, Math.floor(bytes.length * this.#random())));
        to.end();
        from.destroy();
      });
    };
    relay(client, server);
    relay(server, client);
  }
}
