export type * from "./api.js";
export type { ClientOptions } from "./options.js";
export { ParleyError } from "./errors.js";
export type { ErrorCode, LocalCode, ServerCode } from "./errors.js";
export type {
  Clock,
  Environment,
  Fetch,
  Random,
  TimerHandle,
  WebSocketClass,
  WebSocketLike,
} from "./environment.js";
export { directConversation, isGroup, newCid, peerOf } from "./names.js";
export { MemoryStore, StoreContents } from "./store.js";
export type {
  Credentials,
  Patch,
  Store,
  StoredItem,
  StoredState,
} from "./store.js";
export { IndexedDbStore } from "./store_indexeddb.js";
export { createClient } from "./client.js";
export { createSharedClient } from "./tabs.js";
export type { SharedClientOptions } from "./tabs.js";
