import { useEffect, useState } from "preact/hooks";
import { useClient } from "../core/client";
import { profiles } from "../core/profiles";
import { oneLine } from "../core/text";

/** Says to screen readers what comes in where one is. */
export function Announcer({ conv }: { conv: string }) {
  const client = useClient();
  const [text, setText] = useState("");
  useEffect(
    () =>
      client.on("message", ({ conv: where, message }) => {
        if (where !== conv || message.from === client.state.user) return;
        const name = profiles.nameOf(message.from);
        setText(`${name}: ${oneLine(message.body ?? "deleted")}`);
      }),
    [client, conv],
  );
  return (
    <div class="hidden" aria-live="polite">
      {text}
    </div>
  );
}
