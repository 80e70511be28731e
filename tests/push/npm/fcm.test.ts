import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { after, before, beforeEach, describe, it } from "node:test";

import { hello, Probe } from "./support/probe.js";
import {
  Folder,
  makeCertificate,
  Service,
  type Received,
  type Reply,
} from "./support/service.js";
import { nowSeconds, openToken } from "./support/tokens.js";

const EMAIL = "push@parley-1.iam.gserviceaccount.com";
const SCOPE = "https://www.googleapis.com/auth/firebase.messaging";
const GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";

const { privateKey, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
});

/** A status of Google's APIs, with the details of FCM's own errors. */
function failure(code: number, status: string, errorCode?: string): Reply {
  const type = "type.googleapis.com/google.firebase.fcm.v1.FcmError";
  const details = errorCode ? [{ "@type": type, errorCode }] : [];
  const body = { error: { code, message: "no", status, details } };
  const headers = { "content-type": "application/json" };
  return { status: code, headers, body: JSON.stringify(body) };
}

/** Google's two services: one grants tokens, one takes messages. */
class Google {
  grants = 0;
  /** Of the next message. */
  forced: Reply | undefined;
  /** Of all grants. */
  refusal: Reply | undefined;
  valid = new Set<string>();
  life = 3599;
  /** Refuses the tokens that it grants. */
  distrusts = false;
  service!: Service;

  readonly answer = (request: Received): Reply =>
    request.path === "/token" ? this.#grant(request) : this.#take(request);

  /** RFC 7523 and "Using OAuth 2.0 for Server to Server Applications". */
  #grant(request: Received): Reply {
    ++this.grants;
    if (this.refusal) return this.refusal;
    const form = new URLSearchParams(request.body.toString());
    const { header, claims } = openToken(
      form.get("assertion") ?? "",
      publicKey,
      "RS256",
    );
    const now = nowSeconds();
    const good =
      request.headers["content-type"] === "application/x-www-form-urlencoded" &&
      form.get("grant_type") === GRANT &&
      header.kid === "key-1" &&
      claims["iss"] === EMAIL &&
      claims["scope"] === SCOPE &&
      claims["aud"] === `${this.service.url}/token` &&
      Math.abs(Number(claims["iat"]) - now) < 300 &&
      Number(claims["exp"]) - Number(claims["iat"]) <= 3600;
    if (!good) return { status: 400, body: '{"error":"invalid_grant"}' };
    const token = `ya29.${this.grants}`;
    if (!this.distrusts) this.valid.add(token);
    const body = {
      ...{ access_token: token, expires_in: this.life },
      token_type: "Bearer",
    };
    return { status: 200, body: JSON.stringify(body) };
  }

  #take(request: Received): Reply {
    const [, token] =
      /^Bearer (.+)$/.exec(request.headers["authorization"] ?? "") ?? [];
    if (request.path !== "/v1/projects/parley-1/messages:send")
      return failure(404, "NOT_FOUND");
    if (!token || !this.valid.has(token)) return failure(401, "UNAUTHENTICATED");
    const { forced } = this;
    this.forced = undefined;
    if (forced) return forced;
    const { message } = JSON.parse(request.body.toString()) as {
      message: { data: Record<string, unknown>; android: { ttl: string } };
    };
    const good =
      Object.values(message.data).every((x) => typeof x === "string") &&
      /^\d+(\.\d{1,9})?s$/.test(message.android.ttl);
    return good
      ? { status: 200, body: '{"name":"projects/parley-1/messages/1"}' }
      : failure(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT");
  }
}

describe("FCM", () => {
  const folder = new Folder();
  const certificate = makeCertificate(folder);
  let google: Google;
  let probe: Probe;

  before(async () => {
    google = new Google();
    google.service = await Service.start(certificate, (x) => google.answer(x));
    const account = {
      type: "service_account",
      project_id: "parley-1",
      private_key_id: "key-1",
      private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
      client_email: EMAIL,
      token_uri: `${google.service.url}/token`,
    };
    writeFileSync(folder.file("account.json"), JSON.stringify(account));
  });
  // A token of its own for each.
  beforeEach(async () => {
    await probe?.end();
    google.grants = 0;
    google.life = 3599;
    google.distrusts = false;
    google.refusal = google.forced = undefined;
    google.valid.clear();
    google.service.received.length = 0;
    probe = new Probe({
      transport: { allow_private: true, ca_file: certificate.file },
      fcm: {
        service_account_file: folder.file("account.json"),
        url: google.service.url,
      },
    });
  });
  after(async () => {
    assert.equal(await probe.end(), 0);
    google.service.stop();
    folder.remove();
  });

  const send = (what: Partial<typeof hello> = {}) =>
    probe.send("fcm", { token: "dQw4:APA91b-x_y" }, what);
  const last = () => {
    const { received } = google.service;
    return received[received.length - 1]!;
  };

  it("gets what its documents demand", async () => {
    const outcome = await send();
    assert.deepEqual([outcome.said, outcome.detail], ["taken", "status 200"]);
    assert.deepEqual(JSON.parse(last().body.toString()), {
      message: {
        token: "dQw4:APA91b-x_y",
        notification: { title: hello.title, body: hello.body },
        data: {
          conv: hello.conv,
          badge: `${hello.badge}`,
          ts: `${hello.ts_ms}`,
        },
        android: {
          collapse_key: hello.collapse_key,
          ttl: "3600s",
          priority: "HIGH",
          notification: {
            tag: hello.collapse_key,
            notification_count: hello.badge,
          },
        },
      },
    });
  });

  it("grants one token, for which all that is sent at once waits", async () => {
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => send()));
    assert.ok(outcomes.every((each) => each.said === "taken"));
    assert.equal(google.grants, 1);
    assert.equal(google.service.received.length, 51);
  });

  it("is asked for another token once when it refuses one", async () => {
    await send();
    google.valid.clear();
    assert.equal((await send()).said, "taken");
    assert.equal(google.grants, 2);
    google.forced = failure(401, "UNAUTHENTICATED");
    assert.equal((await send()).said, "taken");
    assert.equal(google.grants, 3);
  });

  it("is asked for another token before one expires", async () => {
    google.life = 60;
    assert.equal((await send()).said, "taken");
    assert.equal((await send()).said, "taken");
    assert.equal(google.grants, 2);
  });

  it("is not asked for tokens without end", async () => {
    google.distrusts = true;
    const outcome = await send();
    assert.equal(outcome.said, "later");
    assert.match(outcome.detail, /401/);
    assert.equal(google.grants, 2);
  });

  it("is left alone for a while when it grants none", async () => {
    google.refusal = {
      ...{ status: 400, body: '{"error":"invalid_grant"}' },
      headers: { "retry-after": "3600" },
    };
    const first = await send();
    assert.equal(first.said, "later");
    assert.match(first.detail, /no access token: status 400/);
    const rest = await Promise.all(Array.from({ length: 20 }, () => send()));
    assert.ok(rest.every((each) => each.said === "later"));
    assert.ok(rest.every((each) => (each.retry_after ?? 0) > 3000));
    assert.equal(google.grants, 1);
  });

  it("may grant nonsense", async () => {
    for (const body of ["", "[]", "{", '{"access_token":1,"expires_in":9}']) {
      await probe.end();
      probe = new Probe({
        transport: { allow_private: true, ca_file: certificate.file },
        fcm: {
          service_account_file: folder.file("account.json"),
          url: google.service.url,
        },
      });
      google.refusal = { status: 200, body };
      assert.equal((await send()).said, "later");
    }
  });

  it("gets a text that was cut to its limit", async () => {
    assert.equal((await send({ body: "€".repeat(9000) })).said, "taken");
    assert.ok(last().body.length <= 4096);
    const { message } = JSON.parse(last().body.toString()) as {
      message: { notification: { body: string } };
    };
    assert.match(message.notification.body, /^€{1000,}$/);
  });

  it("gets no text when none may leave", async () => {
    assert.equal((await send({ body: "" })).said, "taken");
    assert.ok(!last().body.includes('"body"'));
  });

  const verdicts: [number, string, string | undefined, string][] = [
    [404, "NOT_FOUND", "UNREGISTERED", "gone"],
    [403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", "gone"],
    [404, "NOT_FOUND", undefined, "later"],
    [403, "PERMISSION_DENIED", undefined, "later"],
    [400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "refused"],
    [429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", "later"],
    [500, "INTERNAL", "INTERNAL", "later"],
    [503, "UNAVAILABLE", "UNAVAILABLE", "later"],
  ];
  for (const [code, status, error, said] of verdicts)
    it(`says ${code} ${error ?? status}: ${said}`, async () => {
      const reply = failure(code, status, error);
      google.forced = { ...reply, headers: { "retry-after": "45" } };
      const outcome = await send();
      assert.equal(outcome.said, said);
      assert.equal(outcome.retry_after, said === "later" ? 45 : undefined);
      assert.ok(outcome.detail.includes(error ?? status));
    });
});
