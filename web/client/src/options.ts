import type { Environment } from "./environment.js";
import type { Store } from "./store.js";

export interface ClientOptions extends Partial<Omit<Environment, "WebSocket">> {
  /** Origin of a node, `https://chat.example.org`; several: tried in turn. */
  url: string | readonly string[];
  /** Where to keep what survives a restart; else it is kept in memory. */
  store?: Store;
  /** Name of this device; else one is made up once and kept in the store. */
  device?: string;
  /** Ask a node which node to connect to; on unless `false`. */
  discover?: boolean;
  /** Preferred region, for the discovery. */
  region?: string;
  /** A WebSocket class; needed where the platform has none (Node before 22). */
  WebSocket?: unknown;
}
