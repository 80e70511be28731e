import { useEffect, useState } from "preact/hooks";
import type { Profile } from "parley-client";
import { useClient } from "../core/client";
import { explain } from "../core/errors";
import { profiles } from "../core/profiles";
import { UserAvatar } from "./avatar";
import { Field } from "./field";
import { Icon } from "./icon";

const PAUSE_MS = 150;
const PREFIX_MIN = 2;

/** Finds people by the beginning of their user name. */
export function PeoplePicker({
  label,
  without,
  chosen = [],
  onPick,
}: {
  label: string;
  /** Who is not offered. */
  without: readonly string[];
  /** Who is picked already, where several can be. */
  chosen?: readonly string[];
  onPick(user: string): void;
}) {
  const [text, setText] = useState("");
  const { found, failure, searching } = useSearch(text);
  const shown = found?.filter((x) => !without.includes(x.user));
  return (
    <div class="picker">
      <Field
        label={label}
        inputMode="search"
        value={text}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        autofocus
        onText={setText}
        hint="The first letters of a user name, two or more."
      />
      <ul class="people" aria-label="People" aria-busy={searching}>
        {shown?.map((profile) => (
          <Person
            key={profile.user}
            profile={profile}
            picked={chosen.includes(profile.user)}
            onPick={() => onPick(profile.user)}
          />
        ))}
      </ul>
      <p class="picker-state" role="status">
        {failure || (shown?.length === 0 ? "Nobody is called so." : "")}
      </p>
    </div>
  );
}

function Person({
  profile: { user, displayName },
  picked,
  onPick,
}: {
  profile: Profile;
  picked: boolean;
  onPick(): void;
}) {
  return (
    <li>
      <button
        type="button"
        class="person"
        aria-pressed={picked}
        onClick={onPick}
      >
        <UserAvatar user={user} size="small" />
        <span class="person-text">
          <bdi class="person-name">{displayName || user}</bdi>
          <span class="person-user">@{user}</span>
        </span>
        {picked && <Icon name="check" />}
      </button>
    </li>
  );
}

function useSearch(text: string) {
  const client = useClient();
  const prefix = text.trim().toLowerCase().replace(/^@/, "");
  const [found, setFound] = useState<readonly Profile[]>();
  const [failure, setFailure] = useState("");
  const [searching, setSearching] = useState(false);
  useEffect(() => {
    setFailure("");
    if (prefix.length < PREFIX_MIN) return setFound(undefined);
    let wanted = true;
    setSearching(true);
    const timer = setTimeout(async () => {
      try {
        const people = await client.api.searchUsers(prefix);
        if (!wanted) return;
        profiles.put(...people);
        setFound(people);
      } catch (why) {
        if (wanted) setFailure(explain(why));
      }
      if (wanted) setSearching(false);
    }, PAUSE_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [client, prefix]);
  return { found, failure, searching };
}
