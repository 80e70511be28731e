import { useState } from "preact/hooks";
import type { MessageItem } from "parley-client";
import { useClient } from "../core/client";
import { IconButton } from "../ui/button";
import { say, saying } from "../ui/toast";
import { EmojiPicker } from "./emoji";
import type { Thread } from "./thread";

/** What one can do to the message that one points at. */
export function MessageTools({
  thread,
  message,
  mine,
  onDone,
}: {
  thread: Thread;
  message: MessageItem;
  mine: boolean;
  onDone(): void;
}) {
  const client = useClient();
  const [picking, setPicking] = useState(false);
  const { conv, me, isOpen } = thread;
  const react = (emoji: string) => {
    const on = !message.reactions?.[emoji]?.includes(me);
    setPicking(false);
    onDone();
    void saying(client.react(conv, message.seq, emoji, on));
  };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(message.body ?? "");
      say("Copied.");
    } catch {
      say("The browser does not allow copying here.");
    }
  };
  return (
    <div class="tools" role="toolbar" aria-label="Message">
      {isOpen && (
        <>
          <IconButton
            icon="smile"
            label="React"
            aria-expanded={picking}
            onClick={() => setPicking(!picking)}
          />
          <IconButton
            icon="reply"
            label="Reply"
            onClick={() => thread.reply(message)}
          />
        </>
      )}
      <IconButton icon="copy" label="Copy text" onClick={copy} />
      {isOpen && mine && (
        <IconButton
          icon="edit"
          label="Edit"
          onClick={() => thread.edit(message)}
        />
      )}
      {isOpen && (mine || thread.moderates) && (
        <IconButton
          icon="bin"
          label="Delete"
          onClick={() => thread.remove(message)}
        />
      )}
      {picking && (
        <EmojiPicker onPick={react} onClose={() => setPicking(false)} />
      )}
    </div>
  );
}
