import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { peerOf, type Item, type MessageItem } from "parley-client";
import { useClient } from "../core/client";
import { count } from "../core/format";
import { presenceText, usePresence } from "../core/presence";
import { goTo } from "../core/router";
import { useTitle } from "../core/titles";
import { useRead } from "../core/use_read";
import { ConversationAvatar } from "../ui/avatar";
import { IconButton } from "../ui/button";
import { Confirm } from "../ui/confirm";
import { Announcer } from "./announcer";
import { Composer, type Intent } from "./composer";
import { Messages, type MessagesHandle } from "./messages";
import type { Thread } from "./thread";
import { useTyping } from "./typing";

const SEND: Intent = { is: "send" };

/** One conversation: who it is with, what was said, and what to say. */
export function Chat({
  conv,
  me,
  detailsOpen,
  onDetails,
}: {
  conv: string;
  me: string;
  detailsOpen: boolean;
  onDetails(): void;
}) {
  const client = useClient();
  const [intent, setIntent] = useState<Intent>(SEND);
  const [removing, setRemoving] = useState<MessageItem>();
  const messages = useRef<MessagesHandle>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const rights = useRights(conv, me);
  const thread = useMemo<Thread>(
    () => ({
      ...{ conv, me, isGroup: conv.startsWith("g:"), ...rights },
      reply: (to) => setIntent({ is: "reply", to }),
      edit: (message) => setIntent({ is: "edit", message }),
      remove: setRemoving,
      goTo: (seq) => messages.current?.goTo(seq),
      find: (seq) => findMessage(client.timeline(conv).items, seq),
    }),
    [client, conv, me, rights],
  );
  useEffect(() => {
    if (matchMedia("(hover: hover)").matches) field.current?.focus();
  }, []);

  const editLast = () => {
    const { items } = client.timeline(conv);
    const mine = items.findLast(
      (x) => x.kind === "msg" && x.from === me && !x.deleted,
    );
    if (mine?.kind === "msg") setIntent({ is: "edit", message: mine });
  };

  return (
    <section class="chat" aria-label="Conversation">
      <ChatHeader
        {...{ conv, me, detailsOpen, onDetails }}
        members={rights.members}
      />
      <Messages conv={conv} thread={thread} handle={messages} />
      {rights.isOpen ? (
        <Composer
          {...{ conv, me, intent, field }}
          onDone={() => setIntent(SEND)}
          onEditLast={editLast}
          onSent={() => intent.is !== "edit" && messages.current?.toEnd()}
        />
      ) : (
        <p class="composer-closed">You are no longer a member of this group.</p>
      )}
      <Announcer conv={conv} />
      {removing && (
        <Confirm
          title="Delete this message?"
          text="It goes for everyone, and cannot be brought back."
          yes="Delete"
          act={() => client.delete(conv, removing.seq)}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </section>
  );
}

function useRights(conv: string, me: string) {
  const client = useClient();
  const members = useRead(
    ["members"],
    () => client.members(conv),
    (event) => event.conv === conv,
  );
  const left = useRead(
    ["conversation"],
    () => client.conversation(conv)?.left ?? false,
    (event) => event.conversation.conv === conv,
  );
  const role = members.find((x) => x.user === me)?.role;
  const moderates =
    conv.startsWith("g:") && (role === "owner" || role === "admin");
  return useMemo(
    () => ({ isOpen: !left, moderates, members: members.length }),
    [left, moderates, members.length],
  );
}

function ChatHeader({
  conv,
  me,
  members,
  detailsOpen,
  onDetails,
}: {
  conv: string;
  me: string;
  members: number;
  detailsOpen: boolean;
  onDetails(): void;
}) {
  const peer = peerOf(conv, me);
  const title = useTitle(conv);
  const presence = usePresence(peer);
  const typing = useTyping(conv);
  const state =
    peer === undefined
      ? members > 0
        ? count(members, "member")
        : "Group"
      : peer === me
        ? "Only you see what is here"
        : presenceText(presence) || `@${peer}`;
  return (
    <header class="chat-head">
      <IconButton
        icon="back"
        label="Back to the conversations"
        class="only-narrow"
        onClick={() => goTo(undefined)}
      />
      <ConversationAvatar {...{ conv, peer, me }} presence />
      <div class="chat-title">
        <h1>
          <bdi>{title}</bdi>
        </h1>
        <p class={typing ? "chat-state chat-typing" : "chat-state"}>
          <bdi>{typing ?? state}</bdi>
        </p>
      </div>
      <IconButton
        icon="info"
        label="Details"
        aria-pressed={detailsOpen}
        onClick={onDetails}
      />
    </header>
  );
}

function findMessage(
  items: readonly Item[],
  seq: number,
): MessageItem | undefined {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle]!.seq < seq) low = middle + 1;
    else high = middle;
  }
  const item = items[low];
  return item?.seq === seq && item.kind === "msg" ? item : undefined;
}
