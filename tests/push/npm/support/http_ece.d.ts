declare module "http_ece" {
  import type { ECDH } from "node:crypto";

  /** RFC 8188 and 8291, by the authors of the documents. */
  export function decrypt(
    message: Buffer,
    params: { version: "aes128gcm"; privateKey: ECDH; authSecret: Buffer },
  ): Buffer;
}
