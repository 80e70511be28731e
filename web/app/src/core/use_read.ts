import { useEffect, useReducer, useRef } from "preact/hooks";
import type { EventName, EventOf, ParleyClient } from "parley-client";
import { useClient } from "./client";

/**
 * Something read from the client, read again at these events; `concerns` says
 * which of them can matter. What is read is told apart by `===`.
 */
export function useRead<T, K extends EventName>(
  names: readonly K[],
  read: (client: ParleyClient) => T,
  concerns: (event: EventOf<K>) => boolean = () => true,
): T {
  const client = useClient();
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const value = read(client);
  const latest = useRef({ read, concerns, value });
  latest.current = { read, concerns, value };
  useEffect(() => {
    const look = () => {
      const { read, value } = latest.current;
      if (read(client) !== value) redraw(undefined);
    };
    // Something may have happened between drawing and this.
    look();
    const ends = names.map((name) =>
      client.on(name, (event) => {
        if (latest.current.concerns(event)) look();
      }),
    );
    return () => ends.forEach((end) => end());
  }, [client, names.join()]);
  return value;
}

/** The same for whatever has a `subscribe`. */
export function useSubscription(
  subscribe: (callback: () => void) => () => void,
): void {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => subscribe(() => redraw(undefined)), [subscribe]);
}
