import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { writeFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";

import { hello, Probe } from "./support/probe.js";
import {
  Folder,
  makeCertificate,
  Service,
  type Received,
  type Reply,
} from "./support/service.js";
import { nowSeconds, openToken } from "./support/tokens.js";

const DEVICE = "00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0";
const KEY_ID = "ABC123DEFG";
const TEAM_ID = "DEF123GHIJ";
const TOPIC = "chat.parley.app";

/** Apple's reason to refuse a request, by "Sending notification requests to
 * APNs"; the status is that of its table. */
function complaint(
  request: Received,
  key: KeyObject,
): [number, string] | undefined {
  const { headers, body } = request;
  if (request.version !== "2.0") return [400, "BadVersion"];
  if (request.method !== "POST") return [405, "MethodNotAllowed"];
  const [, device] = /^\/3\/device\/([0-9a-f]+)$/.exec(request.path) ?? [];
  if (!device) return [404, "BadPath"];
  const [, token] = /^bearer (.+)$/.exec(headers["authorization"] ?? "") ?? [];
  if (!token) return [403, "MissingProviderToken"];
  try {
    const { header, claims } = openToken(token, key, "ES256");
    if (header.kid !== KEY_ID || claims["iss"] !== TEAM_ID)
      return [403, "InvalidProviderToken"];
    if (Math.abs(nowSeconds() - Number(claims["iat"])) > 3600)
      return [403, "ExpiredProviderToken"];
  } catch {
    return [403, "InvalidProviderToken"];
  }
  if (headers["apns-topic"] !== TOPIC) return [400, "BadTopic"];
  if (headers["apns-push-type"] !== "alert") return [400, "InvalidPushType"];
  if (!["1", "5", "10"].includes(headers["apns-priority"] ?? "10"))
    return [400, "BadPriority"];
  if (!/^\d+$/.test(headers["apns-expiration"] ?? "0"))
    return [400, "BadExpirationDate"];
  if (Buffer.byteLength(headers["apns-collapse-id"] ?? "") > 64)
    return [400, "BadCollapseId"];
  if (body.length === 0) return [400, "PayloadEmpty"];
  if (body.length > 4096) return [413, "PayloadTooLarge"];
  return undefined;
}

describe("APNs", () => {
  const folder = new Folder();
  const certificate = makeCertificate(folder);
  const { privateKey, publicKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
  });
  let service: Service;
  let probe: Probe;
  let forced: [number, string?] | undefined;

  before(async () => {
    const key_file = folder.file("AuthKey.p8");
    writeFileSync(
      key_file,
      privateKey.export({ type: "pkcs8", format: "pem" }),
    );
    service = await Service.start(certificate, answer);
    probe = new Probe({
      transport: { allow_private: true, ca_file: certificate.file },
      apns: {
        ...{ key_file, key_id: KEY_ID, team_id: TEAM_ID },
        ...{ topic: TOPIC, url: service.url },
      },
    });
  });
  after(async () => {
    assert.equal(await probe.end(), 0);
    service.stop();
    folder.remove();
  });

  function answer(request: Received): Reply {
    const [status, reason] = forced ?? complaint(request, publicKey) ?? [200];
    const headers = { "retry-after": "30" };
    return reason
      ? { status, headers, body: JSON.stringify({ reason }) }
      : { status, headers };
  }

  const send = (what: Partial<typeof hello> = {}) =>
    probe.send("apns", { token: DEVICE }, what);
  const last = () => service.received[service.received.length - 1]!;

  it("gets what its documents demand", async () => {
    const outcome = await send();
    assert.deepEqual([outcome.said, outcome.detail], ["taken", "status 200"]);
    const { headers, path, body } = last();
    assert.equal(path, `/3/device/${DEVICE}`);
    assert.equal(headers["apns-collapse-id"], hello.collapse_key);
    assert.equal(headers["apns-priority"], "10");
    const life = Number(headers["apns-expiration"]) - nowSeconds();
    assert.ok(life > hello.ttl - 60 && life <= hello.ttl);
    assert.deepEqual(JSON.parse(body.toString()), {
      aps: {
        alert: { title: hello.title, body: hello.body },
        badge: hello.badge,
        sound: "default",
        "thread-id": hello.conv,
      },
      conv: hello.conv,
      ts: hello.ts_ms,
    });
  });

  it("gets one token for many requests, on one connection", async () => {
    const from = service.received.length;
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, () => send()),
    );
    assert.ok(outcomes.every((each) => each.said === "taken"));
    const tokens = service.received
      .slice(from)
      .map((each) => each.headers["authorization"]);
    assert.equal(tokens.length, 100);
    assert.equal(new Set(tokens).size, 1);
    assert.equal(service.connections, 1);
  });

  it("gets a text that was cut to its limit", async () => {
    assert.equal((await send({ body: "ß".repeat(9000) })).said, "taken");
    assert.ok(last().body.length > 4090);
    const { aps } = JSON.parse(last().body.toString()) as {
      aps: { alert: { body: string } };
    };
    assert.match(aps.alert.body, /^ß+$/);
  });

  it("gets no text when none may leave, and 0 for now or never", async () => {
    assert.equal((await send({ body: "", ttl: 0 })).said, "taken");
    assert.ok(!last().body.includes('"body"'));
    assert.equal(last().headers["apns-expiration"], "0");
  });

  const verdicts: [number, string | undefined, string, number?][] = [
    [410, "Unregistered", "gone"],
    [400, "BadDeviceToken", "gone"],
    [400, "PayloadEmpty", "refused"],
    [400, "DeviceTokenNotForTopic", "refused"],
    [403, "ExpiredProviderToken", "later", 30],
    [403, "InvalidProviderToken", "later", 30],
    [413, "PayloadTooLarge", "refused"],
    [429, "TooManyRequests", "later", 30],
    [500, "InternalServerError", "later", 30],
    [503, undefined, "later", 30],
  ];
  for (const [status, reason, said, pause] of verdicts)
    it(`says ${status} ${reason ?? "without a reason"}: ${said}`, async () => {
      forced = reason ? [status, reason] : [status];
      const outcome = await send();
      forced = undefined;
      assert.equal(outcome.said, said);
      assert.equal(outcome.retry_after, pause);
      assert.ok(outcome.detail.includes(reason ?? `${status}`));
    });

  it("gets nothing for a token that would change the path", async () => {
    const count = service.received.length;
    for (const token of ["../../3/device/ab", "", "zz", "ab?x=y"])
      assert.equal((await probe.send("apns", { token })).said, "refused");
    assert.equal(service.received.length, count);
  });
});
