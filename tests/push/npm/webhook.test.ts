import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";

import { Webhook } from "standardwebhooks";

import { hello, Probe } from "./support/probe.js";
import { Folder, makeCertificate, Service } from "./support/service.js";

describe("The webhook", () => {
  const folder = new Folder();
  const certificate = makeCertificate(folder);
  const secret = `whsec_${randomBytes(24).toString("base64")}`;
  const webhook = new Webhook(secret);
  let service: Service;
  let probe: Probe;
  let status = 204;

  before(async () => {
    service = await Service.start(certificate, () => ({ status }));
    probe = new Probe({
      transport: { allow_private: true, ca_file: certificate.file },
      webhook: { url: `${service.url}/hook?a=b`, secret },
    });
  });
  after(async () => {
    assert.equal(await probe.end(), 0);
    service.stop();
    folder.remove();
  });

  const last = () => service.received[service.received.length - 1]!;

  it("is verified by the scheme's own library", async () => {
    assert.equal((await probe.send("webhook", {})).said, "taken");
    const { headers, body, path } = last();
    assert.equal(path, "/hook?a=b");
    assert.deepEqual(webhook.verify(body, headers), {
      type: "message.notify",
      timestamp: "2023-11-14T22:13:20.123Z",
      data: {
        user: hello.user,
        conv: hello.conv,
        title: hello.title,
        body: hello.body,
        badge: hello.badge,
      },
    });
    const forged = Buffer.from(body.toString().replace("Alice", "Mallory"));
    assert.throws(() => webhook.verify(forged, headers));
    const other = `whsec_${randomBytes(24).toString("base64")}`;
    assert.throws(() => new Webhook(other).verify(body, headers));
  });

  it("has the same id when it is sent again", async () => {
    status = 503;
    assert.equal((await probe.send("webhook", {})).said, "later");
    const first = last().headers["webhook-id"];
    status = 204;
    assert.equal((await probe.send("webhook", {})).said, "taken");
    assert.equal(last().headers["webhook-id"], first);
    assert.equal(first, hello.id);
  });

  it("has no text when none may leave, and a cut one when it is long", async () => {
    const read = () =>
      webhook.verify(last().body, last().headers) as {
        data: { body?: string };
      };
    await probe.send("webhook", {}, { body: "" });
    assert.ok(!("body" in read().data));
    await probe.send("webhook", {}, { body: "\u{1f600}".repeat(20_000) });
    assert.ok(last().body.length <= 4096);
    assert.match(read().data.body ?? "", /^(\u{1f600}){900,}$/u);
  });

  it("is sent again while the gateway is wrong, and not if it is", async () => {
    const verdicts = new Map([
      [400, "refused"],
      [401, "later"],
      [404, "later"],
      [410, "refused"],
      [422, "refused"],
      [429, "later"],
      [500, "later"],
      [301, "refused"],
    ]);
    for (const [code, said] of verdicts) {
      status = code;
      assert.equal((await probe.send("webhook", {})).said, said, `${code}`);
    }
  });

  it("does not let an id break out of its header", async () => {
    status = 204;
    const count = service.received.length;
    const outcome = await probe.send("webhook", {}, { id: "a\r\nevil: b" });
    assert.equal(outcome.said, "refused");
    assert.equal(service.received.length, count);
  });
});
