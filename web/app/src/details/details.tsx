import { peerOf } from "parley-client";
import { useClient } from "../core/client";
import { useRead } from "../core/use_read";
import { IconButton, Button } from "../ui/button";
import { saying } from "../ui/toast";
import { GroupDetails } from "./group_details";
import { PersonDetails } from "./person_details";

const FOR_EVER_MS = 100 * 365 * 86_400_000;

/** Whom or what a conversation is with, and what can be set about it. */
export function Details({
  conv,
  me,
  onClose,
}: {
  conv: string;
  me: string;
  onClose(): void;
}) {
  const peer = peerOf(conv, me);
  return (
    <section class="details" aria-label="Details">
      <header class="details-head">
        <h2>Details</h2>
        <IconButton icon="close" label="Close details" onClick={onClose} />
      </header>
      <div class="details-body">
        {peer === undefined ? (
          <GroupDetails conv={conv} me={me} />
        ) : (
          <PersonDetails user={peer} isMe={peer === me} />
        )}
      </div>
    </section>
  );
}

/** Whether one hears of what comes. */
export function MuteButton({ conv }: { conv: string }) {
  const client = useClient();
  const until = useRead(
    ["conversation"],
    () => client.conversation(conv)?.mutedUntil ?? 0,
    (event) => event.conversation.conv === conv,
  );
  const isKnown = useRead(
    ["conversation", "conversations"],
    () => client.conversation(conv) !== undefined,
  );
  if (!isKnown) return null;
  const muted = until > Date.now();
  const change = () =>
    client.api.mute(conv, muted ? null : Date.now() + FOR_EVER_MS);
  return (
    <Button aria-pressed={muted} onClick={() => saying(change())}>
      {muted ? "Unmute" : "Mute"}
    </Button>
  );
}
