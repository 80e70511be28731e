import { Signal } from "./signal";
import { useSubscription } from "./use_read";

/** Which conversation the address names, if any: `#/c/dm:alice:bob`. */
const route = new Signal(read());

addEventListener("hashchange", () => (route.value = read()));

function read(): string | undefined {
  const found = /^#\/c\/(.+)$/.exec(location.hash)?.[1];
  try {
    return found && decodeURIComponent(found);
  } catch {
    return undefined;
  }
}

export function addressOf(conv: string): string {
  return `#/c/${encodeURIComponent(conv).replace(/%3A/g, ":")}`;
}

export function goTo(conv: string | undefined): void {
  location.hash = conv ? addressOf(conv) : "#/";
}

export function useRoute(): string | undefined {
  useSubscription(route.subscribe);
  return route.value;
}
