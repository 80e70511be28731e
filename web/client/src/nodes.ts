import type { Http } from "./http.js";
import type { HttpApi } from "./http_api.js";
import type { ClientOptions } from "./options.js";

/** Which nodes there are to connect to. */
export class Nodes {
  readonly #api: HttpApi;
  readonly #http: Http;
  readonly #options: ClientOptions;
  /** What a node calls itself that knows of no other. */
  #alone: string | undefined;

  constructor(api: HttpApi, http: Http, options: ClientOptions) {
    this.#api = api;
    this.#http = http;
    this.#options = options;
  }

  /** Those that a node names, the best first; then where it was asked. */
  async find(): Promise<string[]> {
    const { discover, region } = this.#options;
    if (discover === false) return this.#http.urls;
    const found = await this.#api.discover(region).catch(() => []);
    const urls = found.map((x) => x.url);
    this.#alone = urls.length === 1 ? urls[0] : undefined;
    // Nobody is asked at the name of one that is alone; if nobody answers, those
    // that were named last are the best guess.
    if (urls.length > 1) this.#http.name(urls);
    return [...new Set([...this.reached(urls), ...this.#http.urls])];
  }

  /** One that is alone is reached where it was asked, whatever its name. */
  reached(urls: readonly string[]): string[] {
    return urls.flatMap((x) => (x === this.#alone ? this.#http.urls : [x]));
  }
}
