/** Names of all kinds at the edges of their forms, and what is none. */
const NAMES = [
  ...[1, 32, 33, 64, 65].map((length) => "x".repeat(length)),
  ...["X", ".x", "-", "a.b_c-d", "a:b", "dm:a:b", "dm:a", "dm::b", "dm:A:b"],
  ...[32, 33].map((length) => `dm:a:${"x".repeat(length)}`),
  ...["7", "8", "7Z", "7L", "7a"].map((x) => `g:${x.padEnd(26, "0")}`),
  `g:${"0".repeat(27)}`,
];

/**
 * Values at and beyond the edges of a schema: what it takes and what it refuses
 * is then asked of the real server.
 */
function edges(schema) {
  const { minLength, maxLength, minimum, maximum, minItems, maxItems } = schema;
  const values = [null, true, 7, -1, 1.5, "", "no", "é ù", "\0", {}, [], [7]];
  if (schema.pattern) values.push(...NAMES);
  values.push("😀".repeat(minLength ?? 1));
  if (minLength > 1) values.push("😀".repeat(minLength - 1));
  if (maxLength) values.push("x".repeat(maxLength), "x".repeat(maxLength + 1));
  else values.push("x".repeat(200));
  if (minimum !== undefined) values.push(minimum, minimum - 1);
  if (maximum !== undefined) values.push(maximum, maximum + 2);
  const names = (count) => Array.from({ length: count }, (_, i) => `user-${i}`);
  if (minItems !== undefined) values.push(names(minItems), names(minItems - 1));
  if (maxItems !== undefined) values.push(names(maxItems));
  return values;
}

/** A schema with its `allOf` merged; that is only used to add a description. */
function merged(schema, resolve) {
  const own = resolve(schema);
  return (own.allOf ?? []).reduce(
    (all, part) => ({ ...merged(part, resolve), ...all }),
    own,
  );
}

/** Objects that differ from a good one in one member. */
export function variants(schema, good, resolve) {
  const all = [];
  const { properties, required = [] } = merged(schema, resolve);
  for (const [name, property] of Object.entries(properties)) {
    if (property.const !== undefined) continue;
    if (required.includes(name)) {
      const { [name]: _, ...rest } = good;
      all.push({ label: `without ${name}`, value: rest });
    }
    for (const value of edges(merged(property, resolve))) {
      const shown = JSON.stringify(value).slice(0, 40);
      all.push({
        label: `${name}: ${shown}`,
        value: { ...good, [name]: value },
      });
    }
  }
  return all;
}

/**
 * Values of a parameter at and beyond the edges of its schema. Control
 * characters are no matter of a parameter: no target of a request has them.
 */
export function parameterVariants(schema, resolve) {
  const known = merged(schema, resolve);
  const plain = edges(known).filter(
    (x) => (typeof x === "string" && x !== "\0") || typeof x === "number",
  );
  return known.type === "string" ? plain.map(String) : plain;
}
