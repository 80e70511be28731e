/**
 * How an example of a document stands for what really is said. All of it is
 * equal, but for these fields:
 *
 * | field | in an example |
 * |---|---|
 * | tokens, `session`, `cursor`, ids of groups and subscriptions, `useq`, times of entries | stands for the value that the server chose, everywhere in the document: a later request with the example's value is sent with the real one, and where the example's value comes again, so must the real one |
 * | texts for people, loads, other times | any value of the type |
 */
const CHOSEN = {
  token: "text",
  refresh_token: "text",
  session: "text",
  cursor: "text",
  useq: "useq",
  since: "useq",
  ts: "time",
  edited_ts: "time",
  last_ts: "time",
  created: "time",
  id: "text",
};
const ANY = new Set([
  "detail",
  "message",
  "load",
  "last_seen",
  "renewed",
  "last_active",
  "retry_after_ms",
  "within_ms",
]);
const GROUP = /^g:[0-9A-Z]{26}$/;

const kindOf = (key, example) =>
  typeof example === "number" && CHOSEN[key] === "text"
    ? undefined // The `id` of a request.
    : (CHOSEN[key] ?? (GROUP.test(example) ? "text" : undefined));

export class Likeness {
  #real = new Map();

  /** Says what a text of the examples stands for. */
  stands(example, real) {
    this.#real.set(`text ${example}`, real);
  }

  /** A request of the document with what the server chose filled in. */
  fill(value, key) {
    if (Array.isArray(value)) return value.map((x) => this.fill(x, key));
    if (value !== null && typeof value === "object")
      return Object.fromEntries(
        Object.entries(value).map(([name, x]) => [name, this.fill(x, name)]),
      );
    const kind = typeof value === "string" ? "text" : CHOSEN[key];
    const known = this.#real.get(`${kind} ${value}`);
    return known === undefined ? value : known;
  }

  /**
   * Where the real value is not what the example says; empty if it is nowhere,
   * and then what the example stands for is known.
   */
  differences(example, real) {
    const found = new Map();
    const where = [];
    this.#compare(example, real, "", "", found, where);
    if (where.length === 0)
      for (const [key, value] of found) this.#real.set(key, value);
    return where;
  }

  #compare(example, real, key, path, found, where) {
    if (Array.isArray(example) && Array.isArray(real)) {
      if (example.length !== real.length)
        where.push(`${path}: ${real.length} items, not ${example.length}`);
      else
        example.forEach((x, i) =>
          this.#compare(x, real[i], key, `${path}/${i}`, found, where),
        );
    } else if (isObject(example) && isObject(real)) {
      for (const name of new Set([
        ...Object.keys(example),
        ...Object.keys(real),
      ]))
        this.#compare(
          example[name],
          real[name],
          name,
          `${path}/${name}`,
          found,
          where,
        );
    } else if (typeof example !== typeof real) {
      where.push(
        `${path}: ${JSON.stringify(real)}, not ${JSON.stringify(example)}`,
      );
    } else if (!ANY.has(key)) {
      this.#compareValues(example, real, key, path, found, where);
    }
  }

  #compareValues(example, real, key, path, found, where) {
    const kind = kindOf(key, example);
    const name = `${kind} ${example}`;
    if (kind && !found.has(name) && !this.#real.has(name))
      found.set(name, real);
    const expected = kind ? (found.get(name) ?? this.#real.get(name)) : example;
    if (expected !== real)
      where.push(
        `${path}: ${JSON.stringify(real)}, not ${JSON.stringify(expected)}`,
      );
  }
}

function isObject(x) {
  return x !== null && typeof x === "object" && !Array.isArray(x);
}
