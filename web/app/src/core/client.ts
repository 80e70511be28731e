import { createContext } from "preact";
import { useContext } from "preact/hooks";
import {
  createClient,
  createSharedClient,
  IndexedDbStore,
  type ParleyClient,
} from "parley-client";
import { ownDevice } from "./device";

/**
 * The client of this tab: one connection for all tabs of the browser. Where
 * the page came by plain HTTP from elsewhere, browsers keep Web Locks from it;
 * each tab then is a device of its own, which a reload does not forget.
 */
export function openClient(): Promise<ParleyClient> {
  const options = { url: location.origin };
  const locks = navigator.locks as LockManager | undefined;
  if (locks)
    return createSharedClient({ ...options, device: ownDevice(localStorage) });
  const device = ownDevice(sessionStorage);
  const store = new IndexedDbStore(`parley-${device}`);
  return createClient({ ...options, device, store });
}

export const ClientContext = createContext<ParleyClient | undefined>(undefined);

export function useClient(): ParleyClient {
  const client = useContext(ClientContext);
  if (!client) throw new Error("no client above this component");
  return client;
}
