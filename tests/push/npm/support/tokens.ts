import { createPublicKey, verify, type KeyObject } from "node:crypto";

export interface Token {
  header: { alg: string; kid?: string };
  claims: Record<string, string | number>;
}

/** A JSON Web Token; it throws unless the key signed it by this algorithm. */
export function openToken(
  text: string,
  key: KeyObject,
  algorithm: "ES256" | "RS256",
): Token {
  const [header, claims, signature] = text.split(".");
  if (!header || !claims || !signature) throw new Error("not three parts");
  const read = (part: string) =>
    JSON.parse(Buffer.from(part, "base64url").toString()) as unknown;
  const token = { header: read(header), claims: read(claims) } as Token;
  if (token.header.alg !== algorithm) throw new Error("another algorithm");
  const good = verify(
    "sha256",
    Buffer.from(`${header}.${claims}`),
    algorithm === "ES256" ? { key, dsaEncoding: "ieee-p1363" } : key,
    Buffer.from(signature, "base64url"),
  );
  if (!good) throw new Error("the signature is not good");
  return token;
}

/** The key of an uncompressed point on P-256. */
export function keyOfPoint(base64url: string): KeyObject {
  const point = Buffer.from(base64url, "base64url");
  if (point.length !== 65 || point[0] !== 4) throw new Error("no point");
  return createPublicKey({
    format: "jwk",
    key: {
      kty: "EC",
      crv: "P-256",
      x: point.subarray(1, 33).toString("base64url"),
      y: point.subarray(33).toString("base64url"),
    },
  });
}

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);
