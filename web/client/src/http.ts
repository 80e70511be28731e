import { pause, type Environment } from "./environment.js";
import { asParleyError, ParleyError } from "./errors.js";
import { errorOf } from "./wire.js";

const TIMEOUT_MS = 30_000;

export type Json = Record<string, unknown>;

/** HTTP requests to the first of the given nodes that can be reached. */
export class Http {
  readonly #env: Environment;
  readonly #urls: readonly string[];
  #at = 0;

  constructor(env: Environment, urls: string | readonly string[]) {
    const list = typeof urls === "string" ? [urls] : urls;
    if (list.length === 0) throw new Error("parley-client: no url given");
    this.#env = env;
    this.#urls = list.map((url) => url.replace(/\/+$/, ""));
  }

  /** The origin that the next request goes to. */
  get url(): string {
    return this.#urls[this.#at] ?? "";
  }

  /** All origins, that of the next request first. */
  get urls(): string[] {
    return [...this.#urls.slice(this.#at), ...this.#urls.slice(0, this.#at)];
  }

  /** The answer's JSON; undefined if it has none. */
  async request(
    method: string,
    path: string,
    body?: Json,
    token?: string,
  ): Promise<unknown> {
    const headers: Record<string, string> = {};
    if (body) headers["Content-Type"] = "application/json";
    if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
    const response = await this.#fetch(path, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    const { status } = response;
    const text = await response.text().catch((why: unknown) => {
      throw asParleyError(why);
    });
    const answer = parse(text);
    if (response.ok) return answer;
    const problem = typeof answer === "object" && answer ? answer : {};
    // A proxy in front of the node answers in its own way.
    if (!("code" in problem))
      throw new ParleyError(
        status >= 500 ? "unavailable" : "bad_answer",
        `HTTP status ${status}`,
        { status, retryable: status >= 500 },
      );
    throw errorOf(problem as Json, status);
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const abort = new AbortController();
    const answered = new AbortController();
    void pause(this.#env.clock, TIMEOUT_MS, answered.signal).then(() => {
      if (!answered.signal.aborted) abort.abort();
    });
    const url = this.url;
    try {
      return await this.#env.fetch(url + path, {
        ...init,
        signal: abort.signal,
      });
    } catch (why) {
      if (url === this.url) this.#at = (this.#at + 1) % this.#urls.length;
      throw new ParleyError("network", `${url} cannot be reached: ${why}`, {
        retryable: true,
      });
    } finally {
      answered.abort();
    }
  }
}

function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
