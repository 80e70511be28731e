import { useEffect, useState } from "preact/hooks";
import type { MessageItem } from "parley-client";
import { useClient } from "../core/client";
import { useName } from "../core/profiles";
import { oneLine } from "../core/text";
import { useRead } from "../core/use_read";
import type { Thread } from "./thread";

/** The message that another one answers; a way to it. */
export function Quote({ thread, seq }: { thread: Thread; seq: number }) {
  const client = useClient();
  // It changes with what it quotes, which its own message does not.
  const here = useRead(
    ["timeline"],
    () => thread.find(seq),
    (event) => event.conv === thread.conv,
  );
  const [fetched, setFetched] = useState<MessageItem>();
  useEffect(() => {
    if (here) return;
    // Past the store, where it would lie alone far from the others.
    client
      .history(thread.conv, { before: seq + 1, limit: 1 })
      .then(({ items }) => {
        const item = items[0];
        if (item?.kind === "msg" && item.seq === seq) setFetched(item);
      })
      .catch(() => {
        // Without a connection it says only that there is a message.
      });
  }, [seq, here === undefined]);
  const message = here ?? fetched;
  return (
    <button type="button" class="quote" onClick={() => thread.goTo(seq)}>
      {message ? <Quoted thread={thread} message={message} /> : "A message"}
    </button>
  );
}

export function Quoted({
  thread,
  message,
}: {
  thread: Pick<Thread, "me">;
  message: MessageItem;
}) {
  const name = useName(message.from);
  return (
    <>
      <bdi class="quote-from">{message.from === thread.me ? "You" : name}</bdi>
      <bdi class="quote-text">
        {message.deleted ? "Deleted message" : oneLine(message.body ?? "")}
      </bdi>
    </>
  );
}
