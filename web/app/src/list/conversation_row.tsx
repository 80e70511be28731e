import { memo } from "preact/compat";
import type { Conversation, MessageItem } from "parley-client";
import { useTyping } from "../chat/typing";
import { count, fullTimeOf, whenInList } from "../core/format";
import { useName } from "../core/profiles";
import { addressOf } from "../core/router";
import { oneLine } from "../core/text";
import { useTitle } from "../core/titles";
import { ConversationAvatar } from "../ui/avatar";
import { Icon } from "../ui/icon";

export const ConversationRow = memo(function ConversationRow({
  conversation,
  me,
  current,
}: {
  conversation: Conversation;
  me: string;
  current: boolean;
}) {
  const { conv, peer, unread, last, lastTs, mutedUntil, left } = conversation;
  const title = useTitle(conv);
  const typing = useTyping(conv);
  const muted = (mutedUntil ?? 0) > Date.now();
  return (
    <li class={unread > 0 ? "entry entry-unread" : "entry"}>
      <a
        href={addressOf(conv)}
        class="entry-link"
        aria-current={current ? "page" : undefined}
      >
        <ConversationAvatar {...{ conv, peer, me }} presence />
        <span class="entry-text">
          <span class="entry-top">
            <bdi class="entry-title">{title}</bdi>
            {muted && (
              <span class="entry-muted" title="Muted">
                <Icon name="bellOff" size={14} />
                <span class="hidden">muted</span>
              </span>
            )}
            {lastTs > 0 && (
              <time
                class="entry-time"
                dateTime={new Date(lastTs).toISOString()}
                title={fullTimeOf(lastTs)}
              >
                {whenInList(lastTs)}
              </time>
            )}
          </span>
          <span class="entry-bottom">
            <bdi class={typing ? "entry-last entry-typing" : "entry-last"}>
              {typing ??
                (left ? (
                  "You are no longer a member"
                ) : (
                  <Preview last={last} me={me} isGroup={peer === undefined} />
                ))}
            </bdi>
            {unread > 0 && (
              <span class={muted ? "badge badge-muted" : "badge"}>
                <span aria-hidden="true">{unread > 999 ? "999+" : unread}</span>
                <span class="hidden">{count(unread, "unread message")}</span>
              </span>
            )}
          </span>
        </span>
      </a>
    </li>
  );
});

function Preview({
  last,
  me,
  isGroup,
}: {
  last: MessageItem | undefined;
  me: string;
  isGroup: boolean;
}) {
  if (!last) return <>No messages yet</>;
  return (
    <>
      {last.from === me ? "You: " : isGroup && <Sender user={last.from} />}
      {last.deleted ? "Deleted message" : oneLine(last.body ?? "", 120)}
    </>
  );
}

function Sender({ user }: { user: string }) {
  return (
    <>
      <bdi>{useName(user)}</bdi>:{" "}
    </>
  );
}
