import { open, readFile, rename, type FileHandle } from "node:fs/promises";
import {
  StoreContents,
  type Patch,
  type Store,
  type StoredItem,
  type StoredState,
} from "./store.js";

/** Patches after which the file is written anew, if it is mostly past. */
const COMPACT_AFTER = 10_000;

/**
 * A store for Node: one file of patches, a line of JSON each, that is read as
 * a whole at the start. A line that a crash cut short never counted, since its
 * commit had not resolved.
 */
export class FileStore implements Store {
  readonly #path: string;
  readonly #contents = new StoreContents();
  #file: FileHandle | undefined;
  #lines = 0;

  constructor(path: string) {
    this.#path = path;
  }

  async load(): Promise<StoredState> {
    const text = await readFile(this.#path, "utf8").catch(ifMissing);
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    for (const line of whole.split("\n"))
      if (line) this.#contents.apply(JSON.parse(line) as Patch);
    // Writing it anew also takes off what a crash left at its end.
    await this.#rewrite();
    return this.#contents.state();
  }

  async loadItems(conv: string, limit: number): Promise<StoredItem[]> {
    return this.#contents.itemsOf(conv, limit);
  }

  async commit(patch: Patch): Promise<void> {
    if (!this.#file) throw new Error("the store is not open");
    await this.#file.appendFile(JSON.stringify(patch) + "\n");
    await this.#file.datasync();
    this.#contents.apply(patch);
    if (++this.#lines > COMPACT_AFTER) await this.#rewrite();
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  /** Puts one line in place of all, by renaming, so that no crash hurts. */
  async #rewrite(): Promise<void> {
    const next = `${this.#path}.next`;
    // It holds the tokens of a login.
    const file = await open(next, "w", 0o600);
    await file.appendFile(JSON.stringify(this.#contents.asPatch()) + "\n");
    await file.sync();
    await file.close();
    await rename(next, this.#path);
    await this.#file?.close();
    this.#file = await open(this.#path, "a");
    this.#lines = 0;
  }
}

function ifMissing(why: NodeJS.ErrnoException): string {
  if (why.code === "ENOENT") return "";
  throw why;
}
