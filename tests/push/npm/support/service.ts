import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where a test keeps its keys. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "parley-push-"));

  file(name: string): string {
    return join(this.path, name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export interface Certificate {
  key: Buffer;
  cert: Buffer;
  /** Whoever trusts this file trusts the server. */
  file: string;
}

export function makeCertificate(folder: Folder, name = "tls"): Certificate {
  const key = folder.file(`${name}.key`);
  const file = folder.file(`${name}.pem`);
  execFileSync(
    "openssl",
    // prettier-ignore
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
     "-nodes", "-days", "2", "-subj", "/CN=localhost",
     "-addext", "subjectAltName=DNS:localhost,DNS:push.example.com,IP:127.0.0.1",
     "-keyout", key, "-out", file],
    { stdio: "ignore" },
  );
  return { key: readFileSync(key), cert: readFileSync(file), file };
}

export interface Received {
  method: string;
  path: string;
  version: string;
  headers: Record<string, string>;
  body: Buffer;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** `undefined` never answers. */
type Answer = (request: Received) => Reply | undefined;

/** A service over HTTP/2 and 1.1, with TLS, that keeps what it was sent. */
export class Service {
  readonly received: Received[] = [];
  connections = 0;
  readonly #server: Http2SecureServer;
  readonly #sockets = new Set<Socket>();

  private constructor(certificate: Certificate, answer: Answer) {
    const { key, cert } = certificate;
    this.#server = createSecureServer(
      { key, cert, allowHTTP1: true },
      (request, response) => void this.#take(request, response, answer),
    );
    this.#server.on("connection", (socket: Socket) => {
      ++this.connections;
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  static async start(by: Certificate, answer: Answer): Promise<Service> {
    const made = new Service(by, answer);
    await new Promise<void>((done) =>
      made.#server.listen(0, "127.0.0.1", done),
    );
    return made;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  stop(): void {
    this.#server.close();
    for (const each of this.#sockets) each.destroy();
  }

  async #take(
    request: Http2ServerRequest,
    response: Http2ServerResponse,
    answer: Answer,
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const got: Received = {
      method: request.method,
      path: request.url,
      version: request.httpVersion,
      headers: { ...request.headers } as Record<string, string>,
      body: Buffer.concat(chunks),
    };
    this.received.push(got);
    const reply = answer(got);
    if (!reply) return;
    response.writeHead(reply.status, reply.headers ?? {});
    response.end(reply.body ?? "");
  }
}
