import { peerOf } from "parley-client";
import { useTitle } from "../core/titles";
import { ConversationAvatar } from "../ui/avatar";

/** What stands above the first message of all. */
export function Beginning({ conv, me }: { conv: string; me: string }) {
  const title = useTitle(conv);
  const peer = peerOf(conv, me);
  return (
    <div class="beginning">
      <ConversationAvatar {...{ conv, peer, me }} size="large" />
      <h2>
        <bdi>{title}</bdi>
      </h2>
      <p class="hint">
        {peer === undefined
          ? "This is where the group begins."
          : peer === me
            ? "What you write here is for you, on all your devices."
            : "This is where your conversation begins."}
      </p>
    </div>
  );
}
