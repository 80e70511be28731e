import type { ComponentChildren } from "preact";
import { memo } from "preact/compat";
import { useEffect, useRef, useState } from "preact/hooks";
import type { MessageItem, OutboxEntry } from "parley-client";
import { useClient } from "../core/client";
import { explainRefusal } from "../core/errors";
import { fullTimeOf, listOf, timeOf } from "../core/format";
import { useName, useNames } from "../core/profiles";
import { UserAvatar } from "../ui/avatar";
import { Checks, Icon } from "../ui/icon";
import { saying } from "../ui/toast";
import { Body } from "./body";
import { markTexts, type Mark } from "./marks";
import { MessageTools } from "./message_tools";
import { Quote } from "./quote";
import type { Thread } from "./thread";

interface BubbleProps {
  at: number;
  position: number;
  active: boolean;
  mine: boolean;
  first: boolean;
  from: string;
  isGroup: boolean;
  children: ComponentChildren;
  tools?: (close: () => void) => ComponentChildren;
  below?: ComponentChildren;
  flash?: boolean;
}

/** The frame of a message, sent or not. */
function Bubble(props: BubbleProps) {
  const { at, position, active, mine, first, from, isGroup, tools } = props;
  const [live, setLive] = useState(false);
  const ref = useRef<HTMLElement>(null);
  const name = useName(from);
  useEffect(() => {
    if (props.flash) ref.current?.focus({ preventScroll: true });
  }, [props.flash]);
  const classes = ["message"];
  if (mine) classes.push("message-mine");
  if (first) classes.push("message-first");
  if (props.flash) classes.push("message-flash");
  return (
    <article
      ref={ref}
      class={classes.join(" ")}
      data-at={at}
      aria-posinset={position}
      aria-setsize={-1}
      aria-label={mine ? "You" : name}
      tabIndex={active ? 0 : -1}
      onPointerEnter={() => setLive(true)}
      onPointerLeave={() => {
        if (!ref.current?.contains(document.activeElement)) setLive(false);
      }}
      onFocusIn={() => setLive(true)}
      onFocusOut={(event) => {
        if (!ref.current?.contains(event.relatedTarget as Node | null))
          setLive(false);
      }}
    >
      {isGroup && !mine && (
        <span class="message-avatar">
          {first && <UserAvatar user={from} size="small" />}
        </span>
      )}
      <div class="message-column">
        {isGroup && !mine && first && (
          <div class="message-from">
            <bdi>{name}</bdi>
          </div>
        )}
        <div class="bubble">{props.children}</div>
        {props.below}
      </div>
      {live && tools?.(() => setLive(false))}
    </article>
  );
}

function Meta({
  ts,
  edited,
  mark,
  label,
}: {
  ts: number;
  edited?: boolean;
  mark?: Mark | undefined;
  label?: string;
}) {
  return (
    <span class="meta">
      {edited && <span>edited</span>}
      <time dateTime={new Date(ts).toISOString()} title={fullTimeOf(ts)}>
        {timeOf(ts)}
      </time>
      {mark && (
        <span class={`mark mark-${mark}`} title={label ?? markTexts[mark]}>
          <MarkIcon mark={mark} />
          <span class="hidden">{label ?? markTexts[mark]}</span>
        </span>
      )}
    </span>
  );
}

function MarkIcon({ mark }: { mark: Mark }) {
  if (mark === "pending") return <Icon name="clock" size={14} />;
  if (mark === "failed") return <Icon name="warning" size={14} />;
  return <Checks two={mark !== "sent"} />;
}

interface RowProps {
  thread: Thread;
  at: number;
  position: number;
  active: boolean;
  first: boolean;
}

export const Message = memo(function Message({
  thread,
  message,
  acts,
  mark,
  flash,
  ...row
}: RowProps & {
  message: MessageItem;
  acts: readonly OutboxEntry[];
  mark: Mark | undefined;
  flash: boolean;
}) {
  const shown = withActs(message, acts, thread.me);
  const mine = message.from === thread.me;
  const waits = acts.some((x) => x.state === "queued");
  return (
    <Bubble
      {...row}
      {...{ mine, from: message.from, isGroup: thread.isGroup, flash }}
      tools={(close) =>
        !shown.deleted && (
          <MessageTools {...{ thread, message: shown, mine }} onDone={close} />
        )
      }
      below={
        <>
          <Reactions thread={thread} message={shown} />
          {acts
            .filter((x) => x.state === "failed")
            .map((x) => (
              <Failure key={x.cid} entry={x} />
            ))}
        </>
      }
    >
      {shown.replyTo !== undefined && !shown.deleted && (
        <Quote thread={thread} seq={shown.replyTo} />
      )}
      {shown.deleted ? (
        <div class="body body-gone">This message was deleted</div>
      ) : (
        <Body text={shown.body ?? ""} />
      )}
      <Meta
        ts={shown.ts}
        edited={shown.editedTs !== undefined}
        mark={waits ? "pending" : mine && !shown.deleted ? mark : undefined}
      />
    </Bubble>
  );
});

export const Unsent = memo(function Unsent({
  thread,
  entry,
  ...row
}: RowProps & { entry: OutboxEntry }) {
  if (entry.act.kind !== "send") return null;
  const failed = entry.state === "failed";
  return (
    <Bubble
      {...row}
      {...{ mine: true, from: thread.me, isGroup: thread.isGroup }}
      below={failed && <Failure entry={entry} />}
    >
      {entry.act.replyTo !== undefined && (
        <Quote thread={thread} seq={entry.act.replyTo} />
      )}
      <Body text={entry.act.body} />
      <Meta ts={entry.created} mark={failed ? "failed" : "pending"} />
    </Bubble>
  );
});

const actNames = {
  send: "Not sent.",
  edit: "Not edited.",
  delete: "Not deleted.",
  react: "Reaction not sent.",
};

function Failure({ entry }: { entry: OutboxEntry }) {
  const client = useClient();
  const { code = "", message = "" } = entry.error ?? {};
  return (
    <div class="failure" role="alert">
      <Icon name="warning" size={14} />
      <span>
        {actNames[entry.act.kind]} {explainRefusal(code, message)}
      </span>
      <button
        type="button"
        class="link"
        onClick={() => saying(client.retry(entry.cid))}
      >
        Try again
      </button>
      <button
        type="button"
        class="link"
        onClick={() => saying(client.discard(entry.cid))}
      >
        Discard
      </button>
    </div>
  );
}

function Reactions({
  thread,
  message,
}: {
  thread: Thread;
  message: MessageItem;
}) {
  const client = useClient();
  const all = Object.entries(message.reactions ?? {});
  const nameOf = useNames(all.flatMap(([, users]) => users.slice(0, 10)));
  if (all.length === 0) return null;
  return (
    <div class="reactions">
      {all.map(([emoji, users]) => {
        const mine = users.includes(thread.me);
        const who = users.map((x) => (x === thread.me ? "You" : nameOf(x)));
        return (
          <button
            type="button"
            key={emoji}
            class="reaction"
            aria-pressed={mine}
            disabled={!thread.isOpen}
            title={listOf(who, 10)}
            aria-label={`${emoji} ${users.length}: ${listOf(who, 5)}`}
            onClick={() =>
              saying(client.react(thread.conv, message.seq, emoji, !mine))
            }
          >
            <bdi>{emoji}</bdi> <span>{users.length}</span>
          </button>
        );
      })}
    </div>
  );
}

/** The message as it will be when the server has what one did to it. */
export function withActs(
  message: MessageItem,
  acts: readonly OutboxEntry[],
  me: string,
): MessageItem {
  let out = message;
  for (const { act, state, created } of acts) {
    if (state === "failed" || out.deleted) continue;
    if (act.kind === "edit")
      out = { ...out, body: act.body, editedTs: created };
    else if (act.kind === "delete") {
      const { body: _, reactions: __, ...rest } = out;
      out = { ...rest, deleted: true };
    } else if (act.kind === "react")
      out = { ...out, reactions: reacted(out, act.emoji, act.on, me) };
  }
  return out;
}

function reacted(
  { reactions = {} }: MessageItem,
  emoji: string,
  on: boolean,
  me: string,
): Record<string, readonly string[]> {
  const others = (reactions[emoji] ?? []).filter((x) => x !== me);
  const { [emoji]: _, ...rest } = reactions;
  const users = on ? [...others, me] : others;
  return users.length > 0 ? { ...rest, [emoji]: users } : rest;
}
