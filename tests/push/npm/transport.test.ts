import assert from "node:assert/strict";
import { createECDH, randomBytes } from "node:crypto";
import {
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from "node:net";
import { after, before, describe, it } from "node:test";

import { Probe, type TransportSettings } from "./support/probe.js";
import {
  Folder,
  makeCertificate,
  Service,
  type Reply,
} from "./support/service.js";

const browserKey = createECDH("prime256v1").generateKeys().toString("base64url");
const browserAuth = randomBytes(16).toString("base64url");

describe("What services do", () => {
  const folder = new Folder();
  const certificate = makeCertificate(folder);
  const probes: Probe[] = [];
  const services: Service[] = [];

  after(async () => {
    for (const each of probes) assert.equal(await each.end(), 0);
    for (const each of services) each.stop();
    folder.remove();
  });

  async function serve(answer: () => Reply | undefined, by = certificate) {
    const service = await Service.start(by, answer);
    services.push(service);
    return service;
  }

  function start(transport: TransportSettings) {
    const probe = new Probe({
      transport: {
        ...{ allow_private: true, ca_file: certificate.file },
        ...transport,
      },
      web_push: {
        key_file: folder.file("vapid.key"),
        contact: "mailto:chat@example.com",
      },
    });
    probes.push(probe);
    return (url: string) =>
      probe.send("web_push", {
        endpoint: `${url}/send`,
        p256dh: browserKey,
        auth: browserAuth,
      });
  }

  it("no connection: later", async () => {
    const service = await serve(() => ({ status: 201 }));
    const { url } = service;
    service.stop();
    assert.equal((await start({})(url)).said, "later");
  });

  it("no answer: later, when its time is up", async () => {
    const silent = await serve(() => undefined);
    const outcome = await start({ timeout_ms: 200 })(silent.url);
    assert.deepEqual(outcome, { said: "later", detail: "no answer in time" });
  });

  it("a certificate of somebody else's: later, and nothing is sent", async () => {
    const strange = makeCertificate(folder, "strange");
    const service = await serve(() => ({ status: 201 }), strange);
    const outcome = await start({})(service.url);
    assert.equal(outcome.said, "later");
    assert.match(outcome.detail, /certificate|peer/i);
    assert.equal(service.received.length, 0);
  });

  it("a certificate for another name: later, and nothing is sent", async () => {
    const service = await serve(() => ({ status: 201 }));
    const known_hosts = [`other.example.com:${service.port}:127.0.0.1`];
    const send = start({ known_hosts });
    const outcome = await send(`https://other.example.com:${service.port}`);
    assert.equal(outcome.said, "later");
    assert.equal(service.received.length, 0);
  });

  it("an answer without end: its status counts, the rest is cut", async () => {
    const body = Buffer.alloc(8 * 1024 * 1024, "x");
    const talkative = await serve(() => ({ status: 201, body }));
    const angry = await serve(() => ({ status: 410, body }));
    const send = start({});
    assert.equal((await send(talkative.url)).said, "taken");
    assert.equal((await send(angry.url)).said, "gone");
  });

  it("headers without end: later", async () => {
    const headers = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`x-${i}`, "y".repeat(4000)]),
    );
    const service = await serve(() => ({ status: 201, headers }));
    assert.equal((await start({})(service.url)).said, "later");
  });

  it("a redirect into the private network: refused, and not followed", async () => {
    const inner = await serve(() => ({ status: 201 }));
    const outer = await serve(() => ({
      status: 307,
      headers: { location: `${inner.url}/send` },
    }));
    const outcome = await start({})(outer.url);
    assert.equal(outcome.said, "refused");
    assert.match(outcome.detail, /redirect/);
    assert.equal(inner.connections, 0);
  });

  it("a name that resolves to this host: no connection at all", async () => {
    const service = await serve(() => ({ status: 201 }));
    const known_hosts = [`push.example.com:${service.port}:127.0.0.1`];
    const url = `https://push.example.com:${service.port}`;
    const guarded = start({ allow_private: false, known_hosts });
    const outcome = await guarded(url);
    assert.equal(outcome.said, "refused");
    assert.match(outcome.detail, /private address/);
    assert.equal(service.connections, 0);
    assert.equal((await start({ known_hosts })(url)).said, "taken");
  });

  it("an endpoint with a private address: refused before anything", async () => {
    const service = await serve(() => ({ status: 201 }));
    const outcome = await start({ allow_private: false })(service.url);
    assert.equal(outcome.said, "refused");
    assert.equal(service.connections, 0);
  });

  it("one connection carries what is sent at once", async () => {
    const service = await serve(() => ({ status: 201 }));
    const send = start({});
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, () => send(service.url)),
    );
    assert.ok(outcomes.every((each) => each.said === "taken"));
    assert.equal(service.connections, 1);
    assert.equal(service.received[0]?.version, "2.0");
  });
});

describe("A broken service", () => {
  const folder = new Folder();
  const certificate = makeCertificate(folder);
  const sockets = new Set<Socket>();
  let dead: Server;
  let service: Service;

  before(async () => {
    // It takes connections, and says nothing: not even TLS.
    dead = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
    });
    await new Promise<void>((done) => dead.listen(0, "127.0.0.1", done));
    service = await Service.start(certificate, () => ({ status: 201 }));
  });
  after(() => {
    service.stop();
    folder.remove();
  });

  it("holds nothing up: 1,000 wait for it, and others are served", async () => {
    const probe = new Probe({
      transport: {
        ...{ allow_private: true, ca_file: certificate.file },
        timeout_ms: 100_000,
      },
      web_push: {
        key_file: folder.file("vapid.key"),
        contact: "mailto:chat@example.com",
      },
    });
    const send = (endpoint: string) =>
      probe.send("web_push", {
        ...{ endpoint, p256dh: browserKey, auth: browserAuth },
      });
    const { port } = dead.address() as AddressInfo;
    let finished = 0;
    const stuck = Array.from({ length: 1000 }, async () => {
      const outcome = await send(`https://127.0.0.1:${port}/`);
      ++finished;
      return outcome;
    });
    const served = await Promise.all(
      Array.from({ length: 100 }, () => send(service.url)),
    );
    assert.ok(served.every((each) => each.said === "taken"));
    // Those over the bound were told at once, the others still wait.
    assert.equal(finished, 1000 - 128);
    dead.close();
    for (const each of sockets) each.destroy();
    const outcomes = await Promise.all(stuck);
    assert.ok(outcomes.every((each) => each.said === "later"));
    assert.equal(await probe.end(), 0);
  });
});
