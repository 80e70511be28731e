import { useEffect, useState } from "preact/hooks";
import { useClient } from "../core/client";
import { drafts } from "../core/drafts";
import { explain } from "../core/errors";
import { canNotify } from "../core/notifications";
import { profiles, useNames } from "../core/profiles";
import { stopPush } from "../core/push";
import { goTo } from "../core/router";
import { theme, type Theme } from "../core/settings";
import { useSubscription } from "../core/use_read";
import { UserAvatar } from "../ui/avatar";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Field } from "../ui/field";
import { say, saying } from "../ui/toast";
import { Devices } from "./devices";
import { Notifications } from "./notifications";

export function Settings({ me, onClose }: { me: string; onClose(): void }) {
  const client = useClient();
  const signOut = async () => {
    onClose();
    goTo(undefined);
    await stopPush(client);
    await client.logout();
    profiles.forget();
    drafts.forget();
  };
  return (
    <Dialog title="Settings" onClose={onClose} wide>
      <ProfileForm me={me} />
      <Appearance />
      {canNotify() && <Notifications />}
      <Password />
      <Devices />
      <Blocked />
      <section class="settings-part">
        <Button kind="danger" onClick={() => void saying(signOut())}>
          Sign out
        </Button>
        <p class="hint">
          Forgets on this device what was said, and what waits to be sent.
        </p>
      </section>
    </Dialog>
  );
}

function ProfileForm({ me }: { me: string }) {
  const client = useClient();
  const [name, setName] = useState(profiles.get(me)?.displayName ?? "");
  const [about, setAbout] = useState(profiles.get(me)?.about ?? "");
  useEffect(() => {
    client.api.me().then(
      (profile) => {
        profiles.put(profile);
        setName(profile.displayName);
        setAbout(profile.about);
      },
      () => {
        // Without a connection what is known is shown.
      },
    );
  }, [client]);
  const save = async () => {
    const change = { displayName: name.trim(), about: about.trim() };
    profiles.put(await client.api.patchMe(change));
    say("Saved.");
  };
  return (
    <form
      class="settings-part form"
      onSubmit={(event) => {
        event.preventDefault();
        void saying(save());
      }}
    >
      <div class="settings-me">
        <UserAvatar user={me} size="large" />
        <div>
          <bdi class="settings-name">{name || me}</bdi>
          <p class="hint">@{me}</p>
        </div>
      </div>
      <Field label="Your name" maxLength={100} value={name} onText={setName} />
      <Field
        label="About you"
        maxLength={1000}
        value={about}
        onText={setAbout}
      />
      <div class="dialog-buttons">
        <Button type="submit">Save</Button>
      </div>
    </form>
  );
}

const themes: readonly [Theme, string][] = [
  ["system", "As the device"],
  ["light", "Light"],
  ["dark", "Dark"],
];

function Appearance() {
  useSubscription(theme.subscribe);
  return (
    <section class="settings-part">
      <h3 id="appearance">Appearance</h3>
      <div class="segments" role="radiogroup" aria-labelledby="appearance">
        {themes.map(([value, label]) => (
          <label class="segment" key={value}>
            <input
              type="radio"
              name="theme"
              checked={theme.value === value}
              onChange={() => (theme.value = value)}
            />
            <span>{label}</span>
          </label>
        ))}
      </div>
    </section>
  );
}

function Password() {
  const client = useClient();
  const [open, setOpen] = useState(false);
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [failure, setFailure] = useState("");
  const change = async () => {
    setFailure("");
    try {
      await client.api.changePassword(old, fresh);
      setOpen(false);
      setOld("");
      setFresh("");
      say("The password is changed. All other devices are signed out.");
    } catch (why) {
      setFailure(explain(why));
    }
  };
  if (!open)
    return (
      <section class="settings-part">
        <Button onClick={() => setOpen(true)}>Change password…</Button>
      </section>
    );
  return (
    <form
      class="settings-part form"
      onSubmit={(event) => {
        event.preventDefault();
        void change();
      }}
    >
      <Field
        label="Password until now"
        type="password"
        autocomplete="current-password"
        required
        value={old}
        onText={setOld}
      />
      <Field
        label="New password"
        type="password"
        autocomplete="new-password"
        required
        minLength={8}
        value={fresh}
        onText={setFresh}
        hint="At least 8 characters."
      />
      {failure && (
        <p class="form-error" role="alert">
          {failure}
        </p>
      )}
      <div class="dialog-buttons">
        <Button onClick={() => setOpen(false)}>Cancel</Button>
        <Button type="submit" kind="primary">
          Change password
        </Button>
      </div>
    </form>
  );
}

function Blocked() {
  const client = useClient();
  const [users, setUsers] = useState<readonly string[]>([]);
  const nameOf = useNames(users);
  useEffect(() => {
    client.api.blocks().then(setUsers, () => {
      // Without a connection there is no list.
    });
  }, [client]);
  const unblock = async (user: string) => {
    await client.api.unblock(user);
    setUsers(users.filter((x) => x !== user));
  };
  if (users.length === 0) return null;
  return (
    <section class="settings-part" aria-labelledby="blocked">
      <h3 id="blocked">Blocked</h3>
      <ul class="rows">
        {users.map((user) => (
          <li key={user} class="row">
            <UserAvatar user={user} size="small" />
            <bdi class="row-text">{nameOf(user)}</bdi>
            <Button onClick={() => saying(unblock(user))}>Unblock</Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
