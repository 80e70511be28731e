import { useEffect, useState } from "preact/hooks";
import type { QuietHours } from "parley-client";
import { useClient } from "../core/client";
import { askForNotifications } from "../core/notifications";
import { isPushed, pushKey, startPush, stopPush } from "../core/push";
import { notify } from "../core/settings";
import { useSubscription } from "../core/use_read";
import { Switch } from "../ui/switch";
import { say, saying } from "../ui/toast";

const FORBIDDEN = "The browser does not allow notifications for this page.";

export function Notifications() {
  useSubscription(notify.subscribe);
  const change = async (wanted: boolean) => {
    notify.value = wanted && (await askForNotifications());
    if (wanted && !notify.value) say(FORBIDDEN);
  };
  return (
    <section class="settings-part">
      <h3>Notifications</h3>
      <Switch
        label="Notify me while no tab of Parley is in view"
        on={notify.value && Notification.permission === "granted"}
        change={change}
      />
      <Push />
    </section>
  );
}

/** Offered where both the browser and the server can do it. */
function Push() {
  const client = useClient();
  const [key, setKey] = useState<string>();
  useSubscription(isPushed.subscribe);
  useEffect(() => void pushKey(client).then(setKey), [client]);
  if (!key) return null;
  const on = isPushed.value && Notification.permission === "granted";
  const change = async (wanted: boolean) => {
    if (!wanted) await stopPush(client);
    else if (!(await startPush(client, key))) say(FORBIDDEN);
  };
  return (
    <>
      <Switch
        label="Notifications when Parley is closed"
        on={on}
        change={(wanted) => saying(change(wanted))}
      />
      {on && <Quiet />}
    </>
  );
}

const NIGHT = { from: "22:00", to: "07:00" };

/** Hours of all days, on all devices, in which nothing is to be heard. */
function Quiet() {
  const client = useClient();
  const [hours, setHours] = useState<QuietHours | null>();
  useEffect(() => {
    client.api.quietHours().then(setHours, () => {
      // Without a connection they are not known.
    });
  }, [client]);
  if (hours === undefined) return null;
  const change = async (wanted: { from: string; to: string } | null) => {
    const utcOffsetMinutes = -new Date().getTimezoneOffset();
    const changed = wanted && { ...wanted, utcOffsetMinutes };
    await client.api.setQuietHours(changed);
    setHours(changed);
  };
  return (
    <>
      <Switch
        label="None of them at night"
        on={hours !== null}
        change={(wanted) => saying(change(wanted ? NIGHT : null))}
      />
      {hours && (
        <p class="times">
          <Time
            label="From"
            value={hours.from}
            onChange={(from) => void saying(change({ ...hours, from }))}
          />
          <Time
            label="to"
            value={hours.to}
            onChange={(to) => void saying(change({ ...hours, to }))}
          />
        </p>
      )}
    </>
  );
}

function Time({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange(value: string): void;
}) {
  return (
    <label>
      {label}{" "}
      <input
        type="time"
        name={label}
        required
        value={value}
        onChange={({ currentTarget }) =>
          currentTarget.value && onChange(currentTarget.value)
        }
      />
    </label>
  );
}
