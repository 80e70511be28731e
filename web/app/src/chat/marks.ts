import type { Member } from "parley-client";

/** How far a message has come. */
export type Mark = "pending" | "failed" | "sent" | "delivered" | "read";

export const markTexts: Record<Mark, string> = {
  pending: "Waiting to be sent",
  failed: "Not sent",
  sent: "Sent",
  delivered: "Delivered",
  read: "Read",
};

export interface Reach {
  /** Everybody else has read up to here. */
  readonly read: number;
  /** It has reached everybody else up to here. */
  readonly delivered: number;
}

export function reachOf(members: readonly Member[], me: string): Reach {
  const others = members.filter((x) => x.user !== me);
  if (others.length === 0) return { read: 0, delivered: 0 };
  const read = Math.min(...others.map((x) => x.readSeq));
  const delivered = Math.min(
    ...others.map((x) => Math.max(x.deliveredSeq, x.readSeq)),
  );
  return { read, delivered };
}

export function markOf(seq: number, { read, delivered }: Reach): Mark {
  if (seq <= read) return "read";
  return seq <= delivered ? "delivered" : "sent";
}
