import { profiles, useName } from "../core/profiles";
import { usePresence } from "../core/presence";
import { Icon } from "./icon";

const HUES = 8;

function hueOf(text: string): number {
  let hash = 0;
  for (const char of text) hash = (hash * 31 + char.codePointAt(0)!) >>> 0;
  return hash % HUES;
}

function initialOf(name: string): string {
  return (/[\p{L}\p{N}]/u.exec(name)?.[0] ?? "?").toUpperCase();
}

interface AvatarProps {
  size?: "small" | "normal" | "large";
}

/** A user's initial on a colour; decoration beside their name. */
export function UserAvatar({
  user,
  size = "normal",
  presence = false,
}: AvatarProps & { user: string; presence?: boolean }) {
  useName(user);
  const status = usePresence(presence ? user : undefined)?.status;
  return (
    <span
      class={`avatar avatar-${size} hue-${hueOf(user)}`}
      data-initial={initialOf(profiles.nameOf(user))}
      aria-hidden="true"
    >
      {status && status !== "offline" && <i class={`dot dot-${status}`} />}
    </span>
  );
}

export function GroupAvatar({
  conv,
  size = "normal",
}: AvatarProps & { conv: string }) {
  return (
    <span class={`avatar avatar-${size} hue-${hueOf(conv)}`} aria-hidden="true">
      <Icon name="group" />
    </span>
  );
}

export function NotesAvatar({ size = "normal" }: AvatarProps) {
  return (
    <span class={`avatar avatar-${size} hue-0`} aria-hidden="true">
      <Icon name="note" />
    </span>
  );
}

/** Of a conversation: the other one, or what stands for it. */
export function ConversationAvatar({
  conv,
  peer,
  me,
  size = "normal",
  presence = false,
}: AvatarProps & {
  conv: string;
  peer: string | undefined;
  me: string;
  presence?: boolean;
}) {
  if (peer === undefined) return <GroupAvatar conv={conv} size={size} />;
  if (peer === me) return <NotesAvatar size={size} />;
  return <UserAvatar user={peer} size={size} presence={presence} />;
}
