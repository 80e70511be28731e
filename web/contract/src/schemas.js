import Ajv2020 from "ajv/dist/2020.js";

/**
 * What may be answered is open to new fields, so that a validator for clients
 * would let them pass. Here a field that the document does not know is a
 * mistake of the document.
 */
function closed(value) {
  if (Array.isArray(value)) return value.map(closed);
  if (value === null || typeof value !== "object") return value;
  const copy = Object.fromEntries(
    Object.entries(value).map(([key, x]) => [key, closed(x)]),
  );
  if (
    copy.type === "object" &&
    copy.properties &&
    !("additionalProperties" in copy)
  )
    copy.additionalProperties = false;
  return copy;
}

const utf8Bytes = (text) => Buffer.byteLength(text);

/** JSON Schema counts code points; some limits are in bytes. */
function validator() {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  const keyword = (name, validate) =>
    ajv.addKeyword({ keyword: name, type: "string", validate });
  keyword("x-bytes-min", (least, text) => utf8Bytes(text) >= least);
  keyword("x-bytes-max", (most, text) => utf8Bytes(text) <= most);
  return ajv;
}

/** Validates by schemas of a document, named by their JSON pointers. */
export class Schemas {
  #open = validator();
  #closed = validator();
  #made = new Map();

  constructor(document) {
    this.#open.addSchema(document, "document");
    this.#closed.addSchema(closed(document), "document");
  }

  /** Why a value does not fit what a client may send; empty if it does. */
  misfits(pointer, value) {
    return this.#check(this.#open, `open ${pointer}`, pointer, value);
  }

  /** The same for what the server may say, with no field that is unknown. */
  surprises(pointer, value) {
    return this.#check(this.#closed, `closed ${pointer}`, pointer, value);
  }

  #check(ajv, key, pointer, value) {
    if (!this.#made.has(key))
      this.#made.set(key, ajv.compile({ $ref: `document${pointer}` }));
    const check = this.#made.get(key);
    return check(value) ? "" : ajv.errorsText(check.errors);
  }
}
