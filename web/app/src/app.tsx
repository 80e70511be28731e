import { useEffect, useMemo, useState } from "preact/hooks";
import { Chat } from "./chat/chat";
import { useClient } from "./core/client";
import { notifyOf, showUnread } from "./core/notifications";
import { reportActivity, useWatch } from "./core/presence";
import { forgetPush, renewPush } from "./core/push";
import { useRoute } from "./core/router";
import { useRead } from "./core/use_read";
import { Details } from "./details/details";
import { NewConversation } from "./dialogs/new_conversation";
import { Settings } from "./dialogs/settings";
import { Sidebar } from "./list/sidebar";
import { SignIn } from "./sign_in";
import { Toast } from "./ui/toast";

export function App() {
  const client = useClient();
  const { signedIn, user } = useRead(["state"], () => client.state);
  useEffect(() => {
    // Each tab asks for it: any of them may have to make the connection.
    const { stopReason } = client.state;
    if (signedIn && stopReason !== "replaced" && stopReason !== "protocol")
      client.start();
  }, [client, signedIn]);
  useEffect(() => {
    const keeping = signedIn ? renewPush(client) : forgetPush();
    keeping.catch((why: unknown) => console.warn("no push messages:", why));
  }, [client, signedIn]);
  return (
    <>
      {signedIn && user ? <Main me={user} key={user} /> : <SignIn />}
      <Toast />
    </>
  );
}

type Opened = "people" | "settings" | undefined;

function Main({ me }: { me: string }) {
  const client = useClient();
  const conv = useRoute();
  const [opened, setOpened] = useState<Opened>();
  const [details, setDetails] = useState(false);
  useEffect(() => reportActivity(client), [client]);
  useEffect(() => notifyOf(client), [client]);
  useFollowing(me, conv);
  useUnread();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpened("people");
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const close = () => setOpened(undefined);
  return (
    <main class={conv ? "main main-chat" : "main"}>
      <Sidebar me={me} current={conv} open={setOpened} />
      <div class="stage">
        {conv ? (
          <Chat
            key={conv}
            {...{ conv, me }}
            detailsOpen={details}
            onDetails={() => setDetails(!details)}
          />
        ) : (
          <Welcome />
        )}
      </div>
      {conv && details && (
        <Details
          key={conv}
          {...{ conv, me }}
          onClose={() => setDetails(false)}
        />
      )}
      {opened === "people" && <NewConversation me={me} onClose={close} />}
      {opened === "settings" && <Settings me={me} onClose={close} />}
    </main>
  );
}

function Welcome() {
  return (
    <div class="welcome">
      <img src="/favicon.svg" alt="" width="72" height="72" />
      <h1>Parley</h1>
      <p>Choose a conversation, or start one with Ctrl K.</p>
    </div>
  );
}

/** Follows the presence of all that can be seen on the page. */
function useFollowing(me: string, conv: string | undefined): void {
  const client = useClient();
  const all = useRead(["conversation", "conversations"], () =>
    client.conversations(),
  );
  const members = useRead(["members"], () => client.members(conv ?? ""));
  const users = useMemo(() => {
    const here = members.map((x) => x.user);
    const peers = all.flatMap(({ peer }) => (peer ? [peer] : []));
    return [...new Set([...here, ...peers])].filter((x) => x !== me);
  }, [all, members, me]);
  // The order of the list changes with each message; who is in it does not.
  useWatch(client, users.slice(0, 200).sort());
}

function useUnread(): void {
  const client = useClient();
  const all = useRead(["conversation", "conversations"], () =>
    client.conversations(),
  );
  useEffect(() => showUnread(client), [client, all]);
}
