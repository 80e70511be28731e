import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import WebSocket from "ws";
import { load } from "../../docs/src/document.js";
import { damagedNode } from "../src/damage.js";
import { ask, register } from "../src/http.js";
import { HttpStory } from "../src/http_story.js";
import { Server } from "parley-testing";
import { parameterVariants, variants } from "../src/variants.js";

const story = new HttpStory(load("openapi.yaml"));
const operations = [...story.operations.values()];
const nodes = {};

before(async () => {
  nodes.main = await Server.start();
  nodes.closed = await Server.start({ auth: { registration: "closed" } });
  nodes.strict = await Server.start({
    http: { user_search: false },
    limits: { sends_per_s: 1, sends_burst: 1 },
    push: { enabled: false },
  });
  nodes.busy = await Server.start({
    auth: {
      argon2_memory_kib: 65536,
      argon2_iterations: 3,
      argon2_threads: 1,
      argon2_queue: 1,
    },
  });
});
after(() => Promise.all(Object.values(nodes).map((x) => x.remove())));

const tell = (id, name, status, how = {}) =>
  story.tell(id, name, { on: nodes.main, status, ...how });

/** A request as somebody; alice unless it is said. */
const act = (id, name, status, how = {}) =>
  tell(id, name, status, { as: "alice", ...how });

/** One of the tests' own, where the document has no name for it. */
const askAs = (user, path, what = {}) =>
  ask(nodes.main.url + path, {
    ...what,
    headers: { authorization: `Bearer ${story.token(user)}`, ...what.headers },
  });

/** A session on the phone, which the HTTP side is to tell of. */
async function openPhone(user) {
  const socket = new WebSocket(`${nodes.main.url}/v1/ws`, "parley.v1");
  const closed = new Promise((done) => socket.once("close", done));
  const token = story.token(user);
  await new Promise((ready, failed) => {
    socket.once("error", failed);
    socket.on("message", (text) => {
      for (const { t } of [JSON.parse(text)].flat())
        if (t === "ready") ready();
        else if (t === "hello")
          socket.send(
            JSON.stringify({ t: "auth", id: 1, token, device: "phone-1" }),
          );
    });
  });
  return { socket, closed };
}

describe("each operation, as the document's examples tell it", () => {
  it("registering and logging in", async () => {
    for (const user of ["alice", "bob"]) {
      await tell("registerUser", user, 201);
      story.hold(user, "registerUser", user);
    }
    for (const user of ["carol", "dave"])
      await tell("registerUser", user, 201, {
        body: { user, password: "a long password" },
      });
    await tell("registerUser", "taken", 409, { code: "conflict" });
    await tell("registerUser", "closed", 403, {
      on: nodes.closed,
      code: "forbidden",
    });
    await tell("logIn", "alice", 200);
    await tell("logIn", "wrong", 401, { code: "unauthenticated" });
    await tell("refreshToken", "alice", 200);
    await tell("refreshToken", "spent", 401, { code: "unauthenticated" });
    await tell("logOut", "alice", 204);
    await tell("logOut", "again", 401);
  });

  it("profiles", async () => {
    await act("getMe", "alice", 200);
    await act("changeMe", "about", 200);
    await act("changeMe", "display_name", 200);
    await act("changePassword", "wrong_old", 403);
    await act("changePassword", "alice", 204);
    await act("getUser", "bob", 200);
    await act("getUser", "nobody", 404);
    await act("findUsers", "by_ids", 200);
    await act("findUsers", "by_prefix", 200);
    await act("findUsers", "both", 400);
  });

  it("messages", async () => {
    await act("postMessage", "first", 201);
    await act("postMessage", "again", 200);
    await act("postMessage", "other_body", 409, { code: "cid_conflict" });
    await act("postMessage", "reply", 201);
    await act("postMessage", "no_such_message", 404);
    await act("getMessages", "newest", 200);
    await act("getMessages", "after", 200);
    await act("getMessages", "before", 200);
    await act("getMessages", "others", 404);
    await act("postMessage", "reply", 404, { params: { conv: "others" } });
  });

  it("presence, blocks and devices", async () => {
    await act("blockUser", "dave", 204);
    await act("blockUser", "nobody", 404);
    await act("blockUser", "oneself", 400);
    await act("listBlocks", "one", 200);
    await act("postMessage", "first", 403, { params: { conv: "blocked" } });
    await act("unblockUser", "nobody", 404);
    await act("unblockUser", "oneself", 400);
    const phone = await openPhone("bob");
    await act("getPresence", "people", 200);
    await act("nameDevice", "red", 204, { as: "bob", params: { device: "phone" } });
    await act("nameDevice", "red", 404, { as: "bob", params: { device: "unknown" } });
    await act("listDevices", "phone", 200, { as: "bob" });
    await act("nameDevice", "none", 204, { as: "bob", params: { device: "phone" } });
    await act("removeDevice", "phone", 204, { as: "bob" });
    assert.equal(await phone.closed, 4502);
    await act("removeDevice", "unknown", 404, { as: "bob" });
  });

  it("notifications", async () => {
    await act("getVapidKey", "any", 200);
    await act("addSubscription", "browser", 201);
    await act("addSubscription", "browser", 200);
    await act("addSubscription", "private", 400);
    await act("addSubscription", "not_served", 400);
    await act("listSubscriptions", "browser", 200);
    await act("removeSubscription", "browser", 204);
    await act("removeSubscription", "unknown", 404);
    await act("setPushSettings", "night", 204);
    await act("getPushSettings", "night", 200);
    await act("setPushSettings", "none", 204);
    await act("setPushSettings", "empty", 400);
  });

  it("groups", async () => {
    await act("createGroup", "tea_party", 201);
    await act("createGroup", "cid_used", 409, { code: "cid_conflict" });
    await act("createGroup", "unknown_member", 404);
    const members = Array.from({ length: 100 }, (_, i) => `user-${i}`);
    await act("createGroup", "full", 422, {
      body: { name: "Crowd", members },
      code: "group_full",
    });
    await act("renameGroup", "mad", 204);
    await act("renameGroup", "mad", 403, { as: "bob" });
    await act("renameGroup", "mad", 404, { params: { conv: "no_group" } });
    await act("unblockUser", "dave", 204);
    await act("addMembers", "two", 403, { as: "bob" });
    await act("addMembers", "two", 404, { params: { conv: "no_group" } });
    await act("addMembers", "nobody", 404);
    await act("addMembers", "full", 422, { body: { users: members } });
    await act("addMembers", "two", 204);
    await act("setRole", "admin", 204, { params: { user: "bob" } });
    await act("setRole", "admin", 403, { params: { user: "alice" } });
    await act("setRole", "admin", 404, { params: { user: "nobody" } });
    await act("removeMember", "carol", 204);
    await act("removeMember", "alice", 403);
    await act("removeMember", "nobody", 404);
    await tell("logIn", "dave", 200, {
      body: { user: "dave", password: "a long password" },
    }).then(({ token }) =>
      act("removeMember", "dave", 204, {
        as: undefined,
        headers: { authorization: `Bearer ${token}` },
      }),
    );
    await act("postMessage", "group", 201, {
      as: "bob",
      params: { conv: "group" },
    });
    await act("getMessages", "group", 200);
    await act("getConversation", "group", 200);
    await act("getConversation", "direct", 200);
    await act("getConversation", "others", 404);
    await act("putSettings", "mute", 204);
    await act("listConversations", "newest", 200);
    await act("listConversations", "rest", 200);
    await act("putSettings", "unmute", 204);
    await act("putSettings", "mute", 404, { params: { conv: "others" } });
    await act("blockUser", "dave", 204);
    const { token } = await tell("logIn", "dave", 200, {
      body: { user: "dave", password: "a long password" },
    });
    await act("createGroup", "blocked", 403, {
      as: undefined,
      headers: { authorization: `Bearer ${token}` },
    });
    await act("deleteGroup", "group", 403, { as: "bob" });
    await act("deleteGroup", "no_group", 404);
    await act("deleteGroup", "group", 204);
    // Nobody is a member now, and everyone knows what there was.
    await act("getConversation", "left", 200);
  });

  it("the node, and what it refuses by its settings", async () => {
    await tell("discover", "near", 200);
    await tell("health", "alive", 200);
    await tell("readiness", "ready", 200);
    assert.match(await tell("metrics", "all", 200), /^# HELP parley_/m);
    assert.match(await tell("webClient", "page", 200), /^<!doctype html>/i);
    await tell("openWebSocket", "plain", 426);
    const upgrade = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    await tell("openWebSocket", "upgrade", 101, { headers: upgrade });
    await tell("openWebSocket", "other_subprotocol", 400, { headers: upgrade });
    await tell("openWebSocket", "upgrade", 403, {
      headers: { ...upgrade, origin: "https://evil.example" },
    });
  });

  it("rates, searches and logins that are too many", async () => {
    const on = nodes.strict;
    const headers = { authorization: `Bearer ${await register(on, "alice")}` };
    await register(on, "bob");
    await tell("findUsers", "switched_off", 403, { on, headers });
    await tell("getVapidKey", "switched_off", 404, { on, headers });
    await tell("getPushSettings", "switched_off", 200, { on, headers });
    let status;
    do {
      const answer = await ask(
        `${on.url}/v1/conversations/dm:alice:bob/messages`,
        {
          method: "POST",
          headers,
          body: JSON.stringify({ cid: "bot-1", body: "Hello, Bob!" }),
        },
      );
      status = answer.status;
    } while (status < 300);
    await tell("postMessage", "too_fast", 429, {
      on,
      headers,
      code: "rate_limited",
    });
    const login = story.operations.get("logIn");
    const body = { user: "alice", password: "looking-glass" };
    const many = Array.from({ length: 16 }, () =>
      ask(`${nodes.busy.url}/v1/login`, {
        method: "POST",
        body: JSON.stringify(body),
      }),
    );
    for (const answer of await Promise.all(many))
      story.check(login, answer, "many logins", "many");
  });
});

it("a node that finds its disk damaged says so", async () => {
  const { server, token, path } = await damagedNode();
  nodes.damaged = server;
  const headers = { authorization: `Bearer ${token}` };
  const answer = await ask(`${server.url}${path}?before=3`, { headers });
  assert.equal(answer.status, 500);
  const operation = story.operations.get("getMessages");
  const { code } = story.check(operation, answer, answer.text);
  assert.equal(code, "internal");
});

describe("what every operation refuses", () => {
  it("no token, or a forged one", async () => {
    for (const operation of operations.filter((x) => x.secured)) {
      const { path, body } = story.good(operation);
      for (const headers of [{}, { authorization: "Bearer a.b.c" }]) {
        const answer = await ask(nodes.main.url + path, {
          method: operation.method,
          headers,
          body: body && JSON.stringify(body),
        });
        assert.equal(answer.status, 401, operation.id);
        story.check(operation, answer, operation.id);
      }
    }
  });

  it("a body that is no JSON object in UTF-8, or too large", async () => {
    for (const operation of operations.filter((x) => x.body)) {
      const { path } = story.good(operation);
      const send = async (body, status) => {
        const answer = await askAs("alice", path, {
          method: operation.method,
          body,
        });
        assert.equal(answer.status, status, `${operation.id}: ${answer.text}`);
        return story.check(operation, answer, operation.id);
      };
      for (const body of [
        "",
        "{",
        "[]",
        "7",
        "{} {}",
        Buffer.from([0x7b, 0xff, 0x7d]),
      ])
        assert.equal((await send(body, 400)).code, "bad_frame", operation.id);
      await send(" ".repeat(1_310_721), 413);
      const stranger = await ask(nodes.main.url + path, {
        method: operation.method,
        body: " ".repeat(65_537),
      });
      assert.equal(stranger.status, 413, operation.id);
    }
  });

  it("a body just when the schema does", async () => {
    for (const operation of operations.filter((x) => x.body)) {
      const { path, body } = story.good(operation);
      const { schema } = operation.body;
      for (const { label, value } of variants(schema, body, (x) =>
        story.resolve(x),
      )) {
        const what = `${operation.id} ${label}`;
        const misfits = story.misfits(`${operation.bodyPointer}/schema`, value);
        const answer = await askAs("alice", path, {
          method: operation.method,
          body: JSON.stringify(value),
        });
        story.check(operation, answer, `${what}: ${answer.text}`);
        const refused = [400, 413].includes(answer.status);
        assert.equal(
          refused,
          misfits !== "",
          `${what} ${misfits}: ${answer.text}`,
        );
      }
    }
  });

  it("a parameter just when the schema does", async () => {
    for (const operation of operations)
      for (const parameter of operation.parameters)
        if (parameter.in !== "header") await tryParameter(operation, parameter);
  });

  async function tryParameter(operation, parameter) {
    const { path, body } = story.good(operation);
    for (const value of parameterVariants(parameter.schema, (x) =>
      story.resolve(x),
    )) {
      const text = encodeURIComponent(value);
      const inPath = parameter.in === "path";
      // An empty name makes another path.
      if (inPath && value === "") continue;
      const target = inPath
        ? operation.path
            .replace(`{${parameter.name}}`, text)
            .replaceAll(/\{.*?\}/g, "x")
        : `${path.split("?")[0]}?${parameter.name}=${text}`;
      const answer = await askAs("alice", target, {
        method: operation.method,
        body: body && JSON.stringify(body),
      });
      const what = `${operation.id} ${target}: ${answer.text.slice(0, 200)}`;
      story.check(operation, answer, what);
      const misfits = story.misfits(`${parameter.pointer}/schema`, value);
      if (misfits) assert.ok([400, 404].includes(answer.status), what);
      else if (!inPath) assert.notEqual(answer.status, 400, what);
    }
  }

  it("another method, by name", async () => {
    const problem =
      "#/components/responses/Failure/content/application~1problem+json/schema";
    for (const path of new Set(operations.map((x) => x.path))) {
      const target = path.replaceAll(/\{.*?\}/g, "x");
      const methods = operations
        .filter((x) => x.path === path)
        .map((x) => x.method);
      const known = methods.flatMap((x) =>
        x === "GET" ? ["GET", "HEAD"] : [x],
      );
      const options = await ask(nodes.main.url + target, { method: "OPTIONS" });
      assert.equal(options.status, 204, target);
      assert.deepEqual(
        options.headers.allow.split(", ").sort(),
        [...known, "OPTIONS"].sort(),
        target,
      );
      const answer = await ask(nodes.main.url + target, { method: "PROPFIND" });
      assert.equal(answer.status, 405, target);
      assert.equal(
        story.surprises(problem, JSON.parse(answer.text)),
        "",
        answer.text,
      );
    }
  });
});

describe("the document and the server know the same", () => {
  it("paths, methods, and who may ask", () => {
    const source = readFileSync(
      new URL("../../../src/gateway/routes.cpp", import.meta.url),
      "utf8",
    );
    const row = /\{verb::(\w+), "([^"]+)", (anyone|user), \w+\}/g;
    const routes = [...source.matchAll(row)].map(([, verb, path, who]) => {
      const method = verb === "del" ? "DELETE" : verb.toUpperCase();
      return `${method} ${path} ${who}`;
    });
    assert.equal(routes.length, source.match(/\{verb::/g).length);
    const documented = operations
      .filter((x) => x.path !== "/")
      .map((x) => `${x.method} ${x.path} ${x.secured ? "user" : "anyone"}`);
    assert.deepEqual(documented.sort(), routes.sort());
  });

  it("every operation, status, example and code has been seen", () => {
    const unseen = [...story.promised()].filter((x) => !story.seen.has(x));
    assert.deepEqual(unseen, []);
  });
});
