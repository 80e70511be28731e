import assert from "node:assert/strict";
import { createECDH, randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";

import { decrypt } from "http_ece";

import { hello, Probe } from "./support/probe.js";
import {
  Folder,
  makeCertificate,
  Service,
  type Received,
  type Reply,
} from "./support/service.js";
import { keyOfPoint, nowSeconds, openToken } from "./support/tokens.js";

/** What a browser keeps of a subscription. */
class Browser {
  readonly #ecdh = createECDH("prime256v1");
  readonly #auth = randomBytes(16);
  readonly #point = this.#ecdh.generateKeys();

  subscription(endpoint: string) {
    return {
      endpoint,
      p256dh: this.#point.toString("base64url"),
      auth: this.#auth.toString("base64url"),
    };
  }

  open(message: Buffer): typeof hello {
    const text = decrypt(message, {
      version: "aes128gcm",
      privateKey: this.#ecdh,
      authSecret: this.#auth,
    });
    return JSON.parse(text.toString()) as typeof hello;
  }
}

/** Says what RFC 8030, 8188 and 8292 demand of a request and this lacks. */
function complaint(request: Received): string | undefined {
  const { headers } = request;
  if (request.method !== "POST") return "no POST";
  if (!/^\d+$/.test(headers["ttl"] ?? "")) return "no TTL";
  if (headers["content-encoding"] !== "aes128gcm") return "no aes128gcm";
  const topic = headers["topic"];
  if (topic !== undefined && !/^[\w-]{1,32}$/.test(topic)) return "bad topic";
  const urgency = headers["urgency"] ?? "normal";
  if (!["very-low", "low", "normal", "high"].includes(urgency))
    return "bad urgency";
  if (request.body.length > 4096) return "too large";
  return undefined;
}

describe("Web Push", () => {
  const folder = new Folder();
  const certificate = makeCertificate(folder);
  const browser = new Browser();
  let service: Service;
  let probe: Probe;

  before(async () => {
    service = await Service.start(certificate, answer);
    probe = new Probe({
      transport: { allow_private: true, ca_file: certificate.file },
      web_push: {
        key_file: folder.file("vapid.key"),
        contact: "mailto:chat@example.com",
      },
    });
  });
  after(async () => {
    assert.equal(await probe.end(), 0);
    service.stop();
    folder.remove();
  });

  /** The path says how to answer. */
  function answer(request: Received): Reply {
    const [, status, after] = request.path.split("/");
    if (status && status !== "take") {
      const headers: Record<string, string> = { location: "/take" };
      if (after) headers["retry-after"] = after;
      return { status: Number(status), headers };
    }
    const why = complaint(request);
    return why ? { status: 400, body: why } : { status: 201 };
  }

  const send = (path: string, what: Partial<typeof hello> = {}) =>
    probe.send("web_push", browser.subscription(service.url + path), what);
  const last = () => service.received[service.received.length - 1]!;

  it("reaches the browser alone, readable and whole", async () => {
    assert.equal((await send("/take/1")).said, "taken");
    const request = last();
    assert.equal(request.version, "2.0");
    assert.equal(request.path, "/take/1");
    assert.equal(request.headers["ttl"], "3600");
    assert.equal(request.headers["topic"], hello.collapse_key);
    assert.ok(!request.body.includes("Alice"));
    assert.deepEqual(browser.open(request.body), {
      conv: hello.conv,
      title: hello.title,
      body: hello.body,
      badge: hello.badge,
      ts: hello.ts_ms,
    });
    assert.throws(() => new Browser().open(request.body));
  });

  it("says who sends, by a token for this service alone", async () => {
    await send("/take");
    const [, token, key] =
      /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(
        last().headers["authorization"] ?? "",
      ) ?? [];
    assert.ok(token && key);
    const { claims } = openToken(token, keyOfPoint(key), "ES256");
    assert.equal(claims["aud"], service.url);
    assert.equal(claims["sub"], "mailto:chat@example.com");
    const life = Number(claims["exp"]) - nowSeconds();
    assert.ok(life > 0 && life <= 24 * 3600);
    await send("/take");
    assert.ok(last().headers["authorization"]?.includes(token));
  });

  it("never uses a key or a salt twice", async () => {
    await send("/take");
    const one = last().body;
    await send("/take");
    const two = last().body;
    assert.notDeepEqual(one.subarray(0, 16), two.subarray(0, 16));
    assert.notDeepEqual(one.subarray(21, 86), two.subarray(21, 86));
  });

  it("hides how long a text is, and cuts one that is too long", async () => {
    await send("/take", { body: "yes" });
    const short = last().body.length;
    await send("/take", { body: "certainly not" });
    assert.equal(last().body.length, short);
    await send("/take", { body: "€".repeat(5000) });
    assert.equal(last().body.length, 4096);
    const { body } = browser.open(last().body);
    assert.match(body, /^€{1000,}$/);
  });

  it("goes without text when there is none", async () => {
    await send("/take", { body: "", collapse_key: "" });
    assert.equal(browser.open(last().body).body, "");
    assert.equal(last().headers["topic"], undefined);
  });

  const verdicts: [string, string, number | undefined][] = [
    ["/200", "taken", undefined],
    ["/202", "taken", undefined],
    ["/404", "gone", undefined],
    ["/410", "gone", undefined],
    ["/429/120", "later", 120],
    ["/429", "later", undefined],
    ["/429/9999999", "later", 86_400],
    ["/500", "later", undefined],
    ["/503/7", "later", 7],
    ["/400", "refused", undefined],
    ["/403", "refused", undefined],
    ["/413", "refused", undefined],
  ];
  for (const [path, said, after] of verdicts)
    it(`takes ${path.slice(1)} for "${said}"`, async () => {
      const outcome = await send(path);
      assert.equal(outcome.said, said);
      assert.equal(outcome.retry_after, after);
      assert.ok(outcome.detail.includes(path.split("/")[1]!));
    });

  it("does not follow a redirect", async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      const outcome = await send(`/${status}`);
      assert.equal(outcome.said, "refused");
      assert.match(outcome.detail, /redirect/);
      assert.equal(last().path, `/${status}`);
    }
  });

  it("refuses keys that are none", async () => {
    const good = browser.subscription(`${service.url}/take`);
    const other = createECDH("secp256k1").generateKeys().toString("base64url");
    const count = service.received.length;
    for (const target of [
      { ...good, p256dh: other },
      { ...good, p256dh: "" },
      { ...good, auth: "c2hvcnQ" },
    ])
      assert.equal((await probe.send("web_push", target)).said, "refused");
    assert.equal(service.received.length, count);
  });
});
