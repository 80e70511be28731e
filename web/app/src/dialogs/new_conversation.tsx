import { useState } from "preact/hooks";
import { directConversation } from "parley-client";
import { useClient } from "../core/client";
import { explain } from "../core/errors";
import { useNames } from "../core/profiles";
import { goTo } from "../core/router";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Field } from "../ui/field";
import { Icon } from "../ui/icon";
import { PeoplePicker } from "../ui/people_picker";

/** Somebody to write to, or several to make a group with. */
export function NewConversation({
  me,
  onClose,
}: {
  me: string;
  onClose(): void;
}) {
  const [isGroup, setGroup] = useState(false);
  const open = (conv: string) => {
    onClose();
    goTo(conv);
  };
  if (isGroup) return <NewGroup {...{ me, open, onClose }} />;
  return (
    <Dialog title="New conversation" onClose={onClose}>
      <div class="choices">
        <button type="button" class="choice" onClick={() => setGroup(true)}>
          <Icon name="group" /> New group
        </button>
        <button
          type="button"
          class="choice"
          onClick={() => open(directConversation(me, me))}
        >
          <Icon name="note" /> Notes to yourself
        </button>
      </div>
      <PeoplePicker
        label="Find somebody"
        without={[me]}
        onPick={(user) => open(directConversation(me, user))}
      />
    </Dialog>
  );
}

function NewGroup({
  me,
  open,
  onClose,
}: {
  me: string;
  open(conv: string): void;
  onClose(): void;
}) {
  const client = useClient();
  const [name, setName] = useState("");
  const [members, setMembers] = useState<readonly string[]>([]);
  const [failure, setFailure] = useState("");
  const [busy, setBusy] = useState(false);
  const create = async () => {
    setBusy(true);
    try {
      open(await client.api.createGroup(name.trim(), members));
    } catch (why) {
      setFailure(explain(why));
      setBusy(false);
    }
  };
  return (
    <Dialog title="New group" onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <Field
          label="Name of the group"
          required
          maxLength={100}
          value={name}
          onText={setName}
        />
        <Chosen
          users={members}
          onDrop={(user) => setMembers(members.filter((x) => x !== user))}
        />
        <PeoplePicker
          label="Add people"
          without={[me]}
          chosen={members}
          onPick={(user) => setMembers(toggled(members, user))}
        />
        {failure && (
          <p class="form-error" role="alert">
            {failure}
          </p>
        )}
        <div class="dialog-buttons">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            type="submit"
            busy={busy}
            disabled={name.trim() === ""}
          >
            Create group
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Those that were picked, each with a way to drop it. */
export function Chosen({
  users,
  onDrop,
}: {
  users: readonly string[];
  onDrop(user: string): void;
}) {
  const nameOf = useNames(users);
  if (users.length === 0) return null;
  return (
    <ul class="chosen" aria-label="Chosen">
      {users.map((user) => (
        <li key={user}>
          <button
            type="button"
            class="chip"
            aria-label={`Drop ${nameOf(user)}`}
            onClick={() => onDrop(user)}
          >
            <bdi>{nameOf(user)}</bdi> <Icon name="close" size={14} />
          </button>
        </li>
      ))}
    </ul>
  );
}

export function toggled(
  users: readonly string[],
  user: string,
): readonly string[] {
  return users.includes(user)
    ? users.filter((x) => x !== user)
    : [...users, user];
}
