declare module "http_ece" {
  import type { ECDH } from "node:crypto";

  /** What RFC 8291 makes of a push message, made undone. */
  export function decrypt(
    message: Buffer,
    params: { version: "aes128gcm"; privateKey: ECDH; authSecret: string },
  ): Buffer;
}
