import { peerOf, type ParleyClient } from "parley-client";
import { profiles, useName } from "./profiles";
import { useClient } from "./client";
import { useRead } from "./use_read";

/** What a conversation is called. */
export function titleOf(client: ParleyClient, conv: string): string {
  const known = client.conversation(conv);
  if (conv.startsWith("g:")) return known?.name?.trim() || "Group";
  const me = client.state.user ?? "";
  const peer = peerOf(conv, me) ?? conv;
  return peer === me ? "Notes to yourself" : profiles.nameOf(peer);
}

export function useTitle(conv: string): string {
  const client = useClient();
  const peer = peerOf(conv, client.state.user ?? "");
  useName(peer ?? client.state.user ?? "");
  useRead(
    ["conversation"],
    () => client.conversation(conv)?.name,
    ({ conversation }) => conversation.conv === conv,
  );
  return titleOf(client, conv);
}
