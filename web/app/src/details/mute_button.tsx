import { useClient } from "../core/client";
import { useRead } from "../core/use_read";
import { Button } from "../ui/button";
import { saying } from "../ui/toast";

const FOR_EVER_MS = 100 * 365 * 86_400_000;

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
