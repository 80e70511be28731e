import { useState } from "preact/hooks";
import { useClient } from "../core/client";
import { useName } from "../core/profiles";
import { titleOf } from "../core/titles";
import { useRead } from "../core/use_read";
import { UserAvatar } from "../ui/avatar";
import { Button, IconButton } from "../ui/button";
import { Icon } from "../ui/icon";
import { ConnectionBar } from "./connection_bar";
import { ConversationRow } from "./conversation_row";

/** Beyond so many, a list needs a way to find something in it. */
const FILTER_FROM = 6;

export function Sidebar({
  me,
  current,
  open,
}: {
  me: string;
  current: string | undefined;
  open(what: "people" | "settings"): void;
}) {
  const client = useClient();
  const name = useName(me);
  const [filter, setFilter] = useState("");
  const all = useRead(["conversation", "conversations"], () =>
    client.conversations(),
  );
  const wanted = filter.trim().toLowerCase();
  const shown = wanted
    ? all.filter((x) => titleOf(client, x.conv).toLowerCase().includes(wanted))
    : all;
  return (
    <nav class="sidebar" aria-label="Conversations">
      <h1 class="hidden">Conversations</h1>
      <header class="sidebar-head">
        <button
          type="button"
          class="me"
          title="Settings"
          onClick={() => open("settings")}
        >
          <UserAvatar user={me} size="small" />
          <bdi class="me-name">{name}</bdi>
          <span class="hidden">: your settings</span>
        </button>
        <IconButton
          icon="settings"
          label="Settings"
          onClick={() => open("settings")}
        />
        <IconButton
          icon="compose"
          label="New conversation"
          aria-keyshortcuts="Control+K"
          onClick={() => open("people")}
        />
      </header>
      <ConnectionBar />
      {all.length > FILTER_FROM && (
        <div class="search">
          <Icon name="search" size={18} />
          <input
            type="search"
            name="find"
            dir="auto"
            placeholder="Find a conversation"
            aria-label="Find a conversation"
            value={filter}
            onInput={(event) => setFilter(event.currentTarget.value)}
          />
        </div>
      )}
      {all.length === 0 ? (
        <Nothing onStart={() => open("people")} />
      ) : (
        <ul class="entries">
          {shown.map((conversation) => (
            <ConversationRow
              key={conversation.conv}
              conversation={conversation}
              me={me}
              current={conversation.conv === current}
            />
          ))}
          {shown.length === 0 && (
            <li class="entries-none">No conversation is called so.</li>
          )}
        </ul>
      )}
    </nav>
  );
}

function Nothing({ onStart }: { onStart(): void }) {
  const client = useClient();
  const { connection } = useRead(["state"], () => client.state);
  if (connection !== "online") return <div class="entries-empty" />;
  return (
    <div class="entries-empty">
      <p>Nobody has written yet. Be the first.</p>
      <Button kind="primary" onClick={onStart}>
        Start a conversation
      </Button>
    </div>
  );
}
