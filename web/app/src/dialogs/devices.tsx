import { useEffect, useState } from "preact/hooks";
import type { Device } from "parley-client";
import { useClient } from "../core/client";
import { deviceName } from "../core/device";
import { whenInList } from "../core/format";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import { saying } from "../ui/toast";

/** Code points of a name at the server. */
const NAME_CHARS = 64;

/** One's devices, to give them names and to end their sessions from here. */
export function Devices() {
  const client = useClient();
  const [devices, setDevices] = useState<readonly Device[]>([]);
  const load = async () => setDevices(await client.api.devices());
  useEffect(() => {
    load().catch(() => {
      // Without a connection there is no list.
    });
  }, [client]);
  if (devices.length === 0) return null;
  return (
    <section class="settings-part" aria-labelledby="devices">
      <h3 id="devices">Devices</h3>
      <ul class="rows">
        {devices.map((x) => (
          <DeviceRow key={x.device} device={x} onChange={load} />
        ))}
      </ul>
    </section>
  );
}

function DeviceRow(of: { device: Device; onChange(): Promise<void> }) {
  const client = useClient();
  const { device, name, online, lastSeen } = of.device;
  const [renaming, setRenaming] = useState(false);
  const isThis = device === client.state.device;
  const shown = name ?? deviceName(device);
  const rename = async (to: string) => {
    await client.api.nameDevice(device, to || null);
    setRenaming(false);
    await of.onChange();
  };
  const remove = async () => {
    await client.api.removeDevice(device);
    await of.onChange();
  };
  if (renaming)
    return (
      <li class="row">
        <NameForm
          name={name ?? ""}
          onName={(to) => void saying(rename(to))}
          onCancel={() => setRenaming(false)}
        />
      </li>
    );
  return (
    <li class="row">
      <span class="row-text">
        <bdi class="row-device">{shown}</bdi>
        <span class="hint">
          {isThis
            ? "this device"
            : online
              ? "online"
              : `last seen ${whenInList(lastSeen)}`}
        </span>
      </span>
      <Button aria-label={`Rename ${shown}`} onClick={() => setRenaming(true)}>
        Rename
      </Button>
      {!isThis && (
        <Button
          aria-label={`Remove ${shown}`}
          onClick={() => void saying(remove())}
        >
          Remove
        </Button>
      )}
    </li>
  );
}

function NameForm(of: {
  name: string;
  onName(name: string): void;
  onCancel(): void;
}) {
  const [text, setText] = useState(of.name);
  return (
    <form
      class="form row-form"
      onSubmit={(event) => {
        event.preventDefault();
        of.onName(text.trim());
      }}
    >
      <Field
        label="Name of the device"
        maxLength={NAME_CHARS}
        value={text}
        onText={setText}
        hint="Without a name it is called by its browser."
        autofocus
      />
      <div class="dialog-buttons">
        <Button onClick={of.onCancel}>Cancel</Button>
        <Button type="submit">Save</Button>
      </div>
    </form>
  );
}
