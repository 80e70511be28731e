import type { MessageItem } from "parley-client";

/** What the rows of one conversation have in common. */
export interface Thread {
  readonly conv: string;
  readonly me: string;
  readonly isGroup: boolean;
  /** One may write here. */
  readonly isOpen: boolean;
  /** One may delete what others wrote. */
  readonly moderates: boolean;
  reply(message: MessageItem): void;
  edit(message: MessageItem): void;
  remove(message: MessageItem): void;
  goTo(seq: number): void;
  find(seq: number): MessageItem | undefined;
}
