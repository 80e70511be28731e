import { pause, type Environment } from "./environment.js";
import { asParleyError, ParleyError } from "./errors.js";
import { errorOf } from "./wire.js";

const TIMEOUT_MS = 30_000;

export type Json = Record<string, unknown>;

/**
 * HTTP requests to one node, for as long as it can be reached: the first of
 * those that were given, then the next one, and last those that a node named.
 */
export class Http {
  readonly #env: Environment;
  readonly #given: readonly string[];
  #named: readonly string[] = [];
  #url: string;

  constructor(env: Environment, urls: string | readonly string[]) {
    const list = typeof urls === "string" ? [urls] : urls;
    this.#env = env;
    this.#given = list.map(origin);
    const [first] = this.#given;
    if (first === undefined) throw new Error("parley-client: no url given");
    this.#url = first;
  }

  /** The origin that the next request goes to. */
  get url(): string {
    return this.#url;
  }

  /** The origins that were given, first that of the next request. */
  get urls(): string[] {
    return from(this.#given, this.#url);
  }

  /** Other nodes of the cluster, in place of those that were named before. */
  name(urls: readonly string[]): void {
    this.#named = urls.map(origin);
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

  /** The node after that which cannot be reached; all have their turn. */
  #next(): string {
    const all = [...new Set([...this.#given, ...this.#named])];
    const [, next] = from(all, this.#url);
    return next ?? this.#url;
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const abort = new AbortController();
    const answered = new AbortController();
    void pause(this.#env.clock, TIMEOUT_MS, answered.signal).then(() => {
      if (!answered.signal.aborted) abort.abort();
    });
    const url = this.#url;
    try {
      return await this.#env.fetch(url + path, {
        ...init,
        signal: abort.signal,
      });
    } catch (why) {
      // Another request may have gone on from there meanwhile.
      if (url === this.#url) this.#url = this.#next();
      throw new ParleyError("network", `${url} cannot be reached: ${why}`, {
        retryable: true,
      });
    } finally {
      answered.abort();
    }
  }
}

function origin(url: string): string {
  return url.replace(/\/+$/, "");
}

/** All of them, beginning with that one if it is there. */
function from(urls: readonly string[], first: string): string[] {
  const at = Math.max(0, urls.indexOf(first));
  return [...urls.slice(at), ...urls.slice(0, at)];
}

function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
