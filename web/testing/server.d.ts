type Value = string | number | boolean | readonly string[];

/** Of the config's TOML, by table and key. */
export type ServerSettings = Record<string, Record<string, Value>>;

/** Why tests against a real node do not run, if they do not. */
export const skip: string | false;

/**
 * A real node with a data directory of its own, on a port of its own that it
 * keeps when it is started again.
 */
export class Server {
  static start(settings?: ServerSettings): Promise<Server>;
  readonly port: number;
  readonly url: string;
  readonly directory: string;
  /** After `stop`: on what it had before. */
  start(): Promise<void>;
  /** Signals the node; waits for its end with `stop`. */
  signal(signal?: NodeJS.Signals): void;
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Ends it, and all that it kept. */
  remove(): Promise<void>;
}
