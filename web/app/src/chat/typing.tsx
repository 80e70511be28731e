import { listOf } from "../core/format";
import { useClient } from "../core/client";
import { useNames } from "../core/profiles";
import { useRead } from "../core/use_read";

export function useTyping(conv: string): string | undefined {
  const client = useClient();
  const users = useRead(
    ["typing"],
    () => client.typingIn(conv),
    (event) => event.conv === conv,
  ).filter((x) => x !== client.state.user);
  const nameOf = useNames(users);
  if (users.length === 0) return undefined;
  if (!conv.startsWith("g:")) return "typing…";
  const are = users.length === 1 ? "is" : "are";
  return `${listOf(users.map(nameOf), 2)} ${are} typing…`;
}
