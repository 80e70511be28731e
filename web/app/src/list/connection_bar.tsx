import { useEffect, useState } from "preact/hooks";
import { useClient } from "../core/client";
import { useRead } from "../core/use_read";
import { Icon } from "../ui/icon";

/** A connection that is made faster than this needs no words. */
const PATIENCE_MS = 1200;

function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  return online;
}

function useSecondsTo(at: number | undefined): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (at === undefined) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [at]);
  return at === undefined ? 0 : Math.max(0, Math.ceil((at - now) / 1000));
}

/** How it stands with the connection, whenever that is not "well". */
export function ConnectionBar() {
  const client = useClient();
  const { connection, retryAt, stopReason } = useRead(
    ["state"],
    () => client.state,
  );
  const online = useOnline();
  const seconds = useSecondsTo(connection === "waiting" ? retryAt : undefined);
  const [patient, setPatient] = useState(true);
  const fine = connection === "online";
  useEffect(() => {
    setPatient(true);
    if (fine) return;
    const timer = setTimeout(() => setPatient(false), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [fine]);

  const shown = describe();
  return (
    <div class="connection" role="status" data-connection={connection}>
      {shown && (
        <div class={`connection-bar connection-${shown.kind}`}>
          {shown.kind === "busy" ? (
            <span class="spinner" />
          ) : (
            <Icon name={shown.kind === "off" ? "offline" : "warning"} />
          )}
          <span>{shown.text}</span>
          {shown.act && (
            <button type="button" class="link" onClick={shown.act.run}>
              {shown.act.name}
            </button>
          )}
        </div>
      )}
    </div>
  );

  function describe() {
    const again = { name: "Try now", run: () => client.retryNow() };
    if (stopReason === "replaced")
      return {
        kind: "bad" as const,
        text: "Parley is open elsewhere in this browser.",
        act: { name: "Use it here", run: () => client.start() },
      };
    if (stopReason === "protocol")
      return {
        kind: "bad" as const,
        text: "This page is too old for the server.",
        act: { name: "Load it anew", run: () => location.reload() },
      };
    if (fine && online) return undefined;
    if (!online)
      return {
        kind: "off" as const,
        text: "You are offline. What you write is sent later.",
      };
    if (connection === "waiting")
      return {
        kind: "off" as const,
        text:
          seconds > 0
            ? `No connection. Next attempt in ${seconds} s.`
            : "No connection.",
        act: again,
      };
    if (patient) return undefined;
    if (connection === "catching-up")
      return { kind: "busy" as const, text: "Fetching what you missed…" };
    return { kind: "busy" as const, text: "Connecting…" };
  }
}
