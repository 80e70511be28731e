import assert from "node:assert/strict";
import { at, escaped, follow } from "../../docs/src/document.js";
import { ask } from "./http.js";
import { Likeness } from "./likeness.js";
import { Schemas } from "./schemas.js";

const METHODS = ["get", "put", "post", "patch", "delete"];
const PROBLEM = "application/problem+json";

/** All operations of an OpenAPI document, with what belongs to their paths. */
export function operationsOf(document) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => {
      const pointer = `#/paths/${escaped(path)}/${method}`;
      const own = item[method];
      const parameters = [
        ...placed(item.parameters, `#/paths/${escaped(path)}/parameters`),
        ...placed(own.parameters, `${pointer}/parameters`),
      ].map((at) => ({ ...follow(document, at.value), pointer: at.pointer }));
      return {
        id: own.operationId,
        path,
        method: method.toUpperCase(),
        parameters,
        body: own.requestBody?.content["application/json"],
        bodyPointer: `${pointer}/requestBody/content/application~1json`,
        responses: own.responses,
        pointer,
        secured: (own.security ?? document.security).length > 0,
      };
    }),
  );
}

const placed = (list = [], pointer) =>
  list.map((value, i) => ({
    value,
    pointer: value.$ref ?? `${pointer}/${i}`,
  }));

/**
 * Sends the requests of an OpenAPI document to real nodes, compares what they
 * answer with what it says, and remembers what of it has been seen to be true.
 */
export class HttpStory {
  operations;
  /** Pointers of examples, operations with a status, and codes. */
  seen = new Set();
  #document;
  #schemas;
  #likeness = new Likeness();
  #tokens = new Map();

  constructor(document) {
    this.#document = document;
    this.#schemas = new Schemas(document);
    this.operations = new Map(operationsOf(document).map((x) => [x.id, x]));
  }

  token(user) {
    return this.#likeness.fill(this.#tokens.get(user));
  }

  /** Whose requests go on with the token of an answer's example. */
  hold(user, id, example) {
    const { responses } = this.operations.get(id);
    const good = responses["201"] ?? responses["200"];
    const { value } = good.content["application/json"].examples[example];
    this.#tokens.set(user, value.token);
  }

  /**
   * Sends the request with a name to a node.
   * @param {string} id the operation
   * @param {string} name of its examples: the body, the answer, and each
   *   parameter, unless `params` names another one
   * @param {{on: object, as?: string, status: number, code?: string,
   *   params?: object, body?: unknown, headers?: object}} how
   */
  async tell(id, name, { on, as, status, code, params = {}, ...how }) {
    const operation = this.operations.get(id);
    assert.ok(operation, `no operation ${id}`);
    const target = this.#targetOf(operation, name, params);
    const body = how.body ?? this.#bodyOf(operation, name);
    const answer = await ask(on.url + target.path, {
      method: operation.method,
      headers: {
        ...target.headers,
        ...(as && { authorization: `Bearer ${this.token(as)}` }),
        ...how.headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const what = `${id} ${name}: ${answer.status} ${answer.text.slice(0, 500)}`;
    assert.equal(answer.status, status, what);
    const value = this.check(operation, answer, what, name);
    if (code) assert.equal(value.code, code, what);
    return value;
  }

  /**
   * Checks that an answer is one that the document knows for the operation.
   * @returns its JSON
   */
  check(operation, answer, what, name) {
    const listed = operation.responses[answer.status];
    assert.ok(
      listed ?? answer.status >= 500,
      `${what}: the document does not know this status`,
    );
    if (listed) this.seen.add(`${operation.id} ${answer.status}`);
    const response = listed ?? operation.responses.default;
    const resolved = follow(this.#document, response);
    for (const [header, { schema }] of Object.entries(resolved.headers ?? {})) {
      const said = answer.headers[header.toLowerCase()];
      assert.ok(said !== undefined, `${what}: no header ${header}`);
      if (schema.const) assert.equal(said, schema.const, what);
      if (schema.pattern) assert.match(said, new RegExp(schema.pattern), what);
    }
    const types = Object.keys(resolved.content ?? {});
    assert.equal(answer.type, types[0], what);
    if (types.length === 0) {
      assert.equal(answer.text, "", what);
      return undefined;
    }
    if (!types[0].endsWith("json")) return answer.text;
    const pointer =
      response.$ref ??
      `${operation.pointer}/responses/${listed ? answer.status : "default"}`;
    return this.#checkJson(
      answer,
      `${pointer}/content/${escaped(types[0])}`,
      what,
      name,
    );
  }

  #checkJson(answer, pointer, what, name) {
    const value = JSON.parse(answer.text);
    const surprises = this.#schemas.surprises(`${pointer}/schema`, value);
    assert.equal(surprises, "", `${what}: ${surprises}`);
    const { examples = {} } = at(this.#document, pointer);
    if (answer.type === PROBLEM) {
      assert.equal(value.status, answer.status, what);
      this.seen.add(`code ${value.code}`);
      for (const [key, example] of Object.entries(examples))
        if (this.#likeness.differences(example.value, value).length === 0)
          this.seen.add(`${pointer}/examples/${key}`);
    } else if (examples[name]) {
      const differences = this.#likeness.differences(
        examples[name].value,
        value,
      );
      assert.deepEqual(differences, [], what);
      this.seen.add(`${pointer}/examples/${name}`);
    }
    return value;
  }

  /** A request's path and query, and the headers that are its parameters. */
  #targetOf(operation, name, params) {
    let path = operation.path;
    const query = new URLSearchParams();
    const headers = {};
    for (const parameter of operation.parameters) {
      const value = this.#argument(parameter, name, params[parameter.name]);
      if (value === undefined) continue;
      if (parameter.in === "path")
        path = path.replace(`{${parameter.name}}`, encodeURIComponent(value));
      else if (parameter.in === "query") query.set(parameter.name, value);
      else headers[parameter.name] = value;
    }
    return { path: path + (String(query) && `?${query}`), headers };
  }

  #argument({ examples, required, pointer, ...parameter }, name, chosen) {
    const key =
      chosen ?? (examples[name] ? name : required && Object.keys(examples)[0]);
    if (!key) return undefined;
    assert.ok(examples[key], `no example ${key} of ${parameter.name}`);
    this.seen.add(`${pointer}/examples/${key}`);
    return this.#likeness.fill(examples[key].value);
  }

  #bodyOf({ body, bodyPointer }, name) {
    const example = body?.examples[name];
    if (!example) return undefined;
    const misfits = this.#schemas.misfits(
      `${bodyPointer}/schema`,
      example.value,
    );
    assert.equal(misfits, "", `${bodyPointer} ${name}`);
    this.seen.add(`${bodyPointer}/examples/${name}`);
    return this.#likeness.fill(example.value);
  }

  /** A request of an operation that is good, for others to be made from. */
  good(operation) {
    const names = Object.keys(operation.body?.examples ?? {});
    const target = this.#targetOf(operation, names[0], {});
    return { ...target, body: this.#bodyOf(operation, names[0]) };
  }

  misfits(pointer, value) {
    return this.#schemas.misfits(pointer, value);
  }

  surprises(pointer, value) {
    return this.#schemas.surprises(pointer, value);
  }

  resolve(value) {
    return follow(this.#document, value);
  }

  /** Everything that the document says can happen. */
  promised() {
    const all = [];
    for (const operation of this.operations.values()) {
      const examples = [
        ...operation.parameters.map((x) => [x.pointer, x]),
        [operation.bodyPointer, operation.body],
      ];
      for (const [status, response] of Object.entries(operation.responses)) {
        if (status !== "default") all.push(`${operation.id} ${status}`);
        const { content = {} } = this.resolve(response);
        const pointer =
          response.$ref ?? `${operation.pointer}/responses/${status}`;
        for (const [type, value] of Object.entries(content))
          examples.push([`${pointer}/content/${escaped(type)}`, value]);
      }
      for (const [pointer, value] of examples)
        for (const name of Object.keys(value?.examples ?? {}))
          all.push(`${pointer}/examples/${name}`);
    }
    const { code } = this.#document.components.schemas.Problem.properties;
    return new Set([...all, ...code.enum.map((x) => `code ${x}`)]);
  }
}
