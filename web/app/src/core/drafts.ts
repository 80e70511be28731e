const KEY = "parley.drafts";
/** What is longer is kept as long as the page is. */
const KEPT_UNITS = 20_000;

/** What one began to write, by conversation; a reload does not lose it. */
class Drafts {
  readonly #drafts = new Map<string, string>(read());

  get(conv: string): string {
    return this.#drafts.get(conv) ?? "";
  }

  set(conv: string, text: string): void {
    if (text === this.get(conv)) return;
    if (text) this.#drafts.set(conv, text);
    else this.#drafts.delete(conv);
    this.#keep();
  }

  forget(): void {
    this.#drafts.clear();
    this.#keep();
  }

  #keep(): void {
    const kept = [...this.#drafts].filter(([, x]) => x.length <= KEPT_UNITS);
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // There is no room: they last as long as the page.
    }
  }
}

function read(): [string, string][] {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]") as [string, string][];
  } catch {
    return [];
  }
}

export const drafts = new Drafts();
