import type { Clock } from "./environment.js";
import { asParleyError, ParleyError } from "./errors.js";
import type { Http, Json } from "./http.js";
import type { Ledger } from "./ledger.js";
import type { Credentials } from "./store.js";

/** Part of a token's life after which a fresh one is fetched. */
const REFRESH_AFTER = 2 / 3;

/** The login: its tokens, and requests with them. */
export class Account {
  readonly #http: Http;
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #signedOut: () => void;
  #user: string | undefined;
  #credentials: Credentials | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(
    parts: { http: Http; ledger: Ledger; clock: Clock },
    stored: { user?: string; credentials?: Credentials },
    signedOut: () => void,
  ) {
    this.#http = parts.http;
    this.#ledger = parts.ledger;
    this.#clock = parts.clock;
    this.#signedOut = signedOut;
    this.#user = stored.user;
    this.#credentials = stored.credentials;
  }

  get user(): string | undefined {
    return this.#user;
  }

  get signedIn(): boolean {
    return this.#credentials !== undefined;
  }

  /** When the token should be replaced. */
  get refreshAt(): number | undefined {
    return this.#credentials?.refreshAt;
  }

  /** `POST /v1/register` or `/v1/login`. */
  async signIn(path: string, body: Json): Promise<void> {
    const answer = (await this.#http.request("POST", path, body)) as Json;
    const user = answer["user"] as string;
    const credentials = this.#read(answer);
    const other = this.#user !== undefined && this.#user !== user;
    await this.#ledger.commit({
      user,
      credentials,
      ...(other && { clear: true as const, useq: null }),
    });
    this.#user = user;
    this.#credentials = credentials;
  }

  /** Ends the login here, and at the server if that can be told. */
  async signOut(): Promise<void> {
    const refreshToken = this.#credentials?.refreshToken;
    this.#credentials = undefined;
    this.#user = undefined;
    await this.#ledger.commit({
      clear: true,
      user: null,
      credentials: null,
      useq: null,
    });
    if (refreshToken === undefined) return;
    const body = { refresh_token: refreshToken };
    // Whether or not it arrives, this device has forgotten the login.
    await this.#http.request("POST", "/v1/logout", body).catch(() => {});
  }

  /** The server ended the login. The data stays, for the same user's next. */
  async ended(): Promise<void> {
    if (!this.#credentials) return;
    this.#credentials = undefined;
    await this.#ledger.commit({ credentials: null });
    this.#signedOut();
  }

  /** A token that is good for a while. */
  async token(): Promise<string> {
    const held = this.#held();
    if (this.#clock.now() < held.refreshAt) return held.token;
    try {
      await this.refresh();
    } catch (why) {
      // One that is getting old is better than none.
      const stillGood = this.#clock.now() < held.expiresAt;
      if (asParleyError(why).retryable && stillGood) return held.token;
      throw why;
    }
    return this.#held().token;
  }

  /** Fetches a fresh token; several calls at once fetch one. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /** An authenticated request; once more with a fresh token if need be. */
  async request(method: string, path: string, body?: Json): Promise<unknown> {
    const token = await this.token();
    try {
      return await this.#http.request(method, path, body, token);
    } catch (why) {
      if (asParleyError(why).code !== "unauthenticated") throw why;
    }
    if (token === this.#credentials?.token) await this.refresh();
    return this.#http.request(method, path, body, this.#held().token);
  }

  async #refresh(): Promise<void> {
    const used = this.#held();
    const body = { refresh_token: used.refreshToken };
    let fresh: Credentials;
    try {
      const path = "/v1/token/refresh";
      fresh = this.#read(
        (await this.#http.request("POST", path, body)) as Json,
      );
    } catch (why) {
      const { code } = asParleyError(why);
      // Not if somebody signed out or in meanwhile.
      if (code === "unauthenticated" && this.#credentials === used)
        await this.ended();
      throw why;
    }
    if (this.#credentials !== used) return;
    // The old refresh token is spent: the new pair is stored before it is used.
    await this.#ledger.commit({ credentials: fresh });
    this.#credentials = fresh;
  }

  #held(): Credentials {
    if (!this.#credentials)
      throw new ParleyError("signed_out", "not signed in");
    return this.#credentials;
  }

  #read(answer: Json): Credentials {
    const life = (answer["expires_in"] as number) * 1000;
    const now = this.#clock.now();
    return {
      token: answer["token"] as string,
      refreshToken: answer["refresh_token"] as string,
      expiresAt: now + life,
      refreshAt: now + life * REFRESH_AFTER,
    };
  }
}
