import { peerOf } from "parley-client";
import { IconButton } from "../ui/button";
import { GroupDetails } from "./group_details";
import { PersonDetails } from "./person_details";

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
