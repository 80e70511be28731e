import { useEffect, useState } from "preact/hooks";
import { directConversation } from "parley-client";
import { useClient } from "../core/client";
import { presenceText, usePresence } from "../core/presence";
import { profiles, useName } from "../core/profiles";
import { Button } from "../ui/button";
import { NotesAvatar, UserAvatar } from "../ui/avatar";
import { saying } from "../ui/toast";
import { MuteButton } from "./mute_button";

export function PersonDetails({
  user,
  isMe,
}: {
  user: string;
  isMe: boolean;
}) {
  const client = useClient();
  const name = useName(user);
  const presence = usePresence(user);
  useEffect(() => {
    profiles.refresh(client, user).catch(() => {
      // What is known of them is shown.
    });
  }, [client, user]);
  const about = profiles.get(user)?.about;
  if (isMe)
    return (
      <div class="details-who">
        <NotesAvatar size="large" />
        <h3>Notes to yourself</h3>
        <p class="hint">What you write here is for you, on all your devices.</p>
      </div>
    );
  return (
    <>
      <div class="details-who">
        <UserAvatar user={user} size="large" presence />
        <h3>
          <bdi>{name}</bdi>
        </h3>
        <p class="hint">
          {[`@${user}`, presenceText(presence)].filter(Boolean).join(" · ")}
        </p>
        {about && (
          <p class="details-about" dir="auto">
            {about}
          </p>
        )}
      </div>
      <div class="details-buttons">
        <MuteButton conv={directConversation(client.state.user ?? "", user)} />
        <BlockButton user={user} />
      </div>
    </>
  );
}

function BlockButton({ user }: { user: string }) {
  const client = useClient();
  const [blocked, setBlocked] = useState<boolean>();
  useEffect(() => {
    client.api.blocks().then(
      (users) => setBlocked(users.includes(user)),
      () => {
        // It can be changed only when one knows what it is.
      },
    );
  }, [client, user]);
  if (blocked === undefined) return null;
  const change = async () => {
    await (blocked ? client.api.unblock(user) : client.api.block(user));
    setBlocked(!blocked);
  };
  return (
    <Button
      kind={blocked ? "plain" : "danger"}
      onClick={() => saying(change())}
    >
      {blocked ? "Unblock" : "Block"}
    </Button>
  );
}
