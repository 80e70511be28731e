import { useState } from "preact/hooks";
import {
  directConversation,
  type Member,
  type ParleyClient,
  type Role,
} from "parley-client";
import { useClient } from "../core/client";
import { count } from "../core/format";
import { presenceText, usePresence } from "../core/presence";
import { useName } from "../core/profiles";
import { goTo } from "../core/router";
import { useTitle } from "../core/titles";
import { useRead } from "../core/use_read";
import { Chosen, toggled } from "../dialogs/new_conversation";
import { GroupAvatar, UserAvatar } from "../ui/avatar";
import { Button, IconButton } from "../ui/button";
import { Confirm, type Question } from "../ui/confirm";
import { Dialog } from "../ui/dialog";
import { Field } from "../ui/field";
import { Icon } from "../ui/icon";
import { PeoplePicker } from "../ui/people_picker";
import { saying } from "../ui/toast";
import { MuteButton } from "./mute_button";

export function GroupDetails({ conv, me }: { conv: string; me: string }) {
  const client = useClient();
  const members = useRead(
    ["members"],
    () => client.members(conv),
    (event) => event.conv === conv,
  );
  const [question, setQuestion] = useState<Question>();
  const [adding, setAdding] = useState(false);
  const role = members.find((x) => x.user === me)?.role;
  const manages = role === "owner" || role === "admin";
  return (
    <>
      <div class="details-who">
        <GroupAvatar conv={conv} size="large" />
        <GroupName conv={conv} canRename={manages} />
        <p class="hint">{count(members.length, "member")}</p>
      </div>
      <div class="details-buttons">
        <MuteButton conv={conv} />
        {manages && (
          <Button onClick={() => setAdding(true)}>Add people</Button>
        )}
      </div>
      <ul class="members" aria-label="Members">
        {[...members].sort(byRole).map((member) => (
          <MemberRow
            key={member.user}
            {...{ conv, me, member, role }}
            ask={setQuestion}
          />
        ))}
      </ul>
      {role && (
        <div class="details-buttons">
          <Button
            kind="danger"
            onClick={() => setQuestion(leaving(client, conv, me))}
          >
            Leave group
          </Button>
          {role === "owner" && (
            <Button
              kind="danger"
              onClick={() => setQuestion(deleting(client, conv))}
            >
              Delete group
            </Button>
          )}
        </div>
      )}
      {question && (
        <Confirm {...question} onClose={() => setQuestion(undefined)} />
      )}
      {adding && (
        <AddPeople
          conv={conv}
          members={members.map((x) => x.user)}
          onClose={() => setAdding(false)}
        />
      )}
    </>
  );
}

const order: Record<Role, number> = { owner: 0, admin: 1, member: 2 };

function byRole(a: Member, b: Member): number {
  return order[a.role] - order[b.role] || (a.user < b.user ? -1 : 1);
}

function leaving(client: ParleyClient, conv: string, me: string): Question {
  return {
    title: "Leave this group?",
    text: "You keep what was said until now, and hear nothing more. An owner hands the group over first.",
    yes: "Leave",
    act: () => client.api.removeMember(conv, me),
  };
}

function deleting(client: ParleyClient, conv: string): Question {
  return {
    title: "Delete this group?",
    text: "Nobody can write in it any more. Everyone keeps what was said.",
    yes: "Delete group",
    act: () => client.api.deleteGroup(conv),
  };
}

function GroupName({ conv, canRename }: { conv: string; canRename: boolean }) {
  const client = useClient();
  const title = useTitle(conv);
  const [name, setName] = useState<string>();
  const save = async () => {
    await client.api.renameGroup(conv, (name ?? "").trim());
    setName(undefined);
  };
  if (name === undefined)
    return (
      <h3 class="group-name">
        <bdi>{title}</bdi>
        {canRename && (
          <IconButton
            icon="edit"
            label="Rename the group"
            onClick={() => setName(title)}
          />
        )}
      </h3>
    );
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void saying(save());
      }}
    >
      <Field
        label="Name of the group"
        required
        maxLength={100}
        autofocus
        value={name}
        onText={setName}
      />
      <div class="dialog-buttons">
        <Button onClick={() => setName(undefined)}>Cancel</Button>
        <Button kind="primary" type="submit">
          Rename
        </Button>
      </div>
    </form>
  );
}

function MemberRow({
  conv,
  me,
  member,
  role,
  ask,
}: {
  conv: string;
  me: string;
  member: Member;
  /** One's own. */
  role: Role | undefined;
  ask(question: Question): void;
}) {
  const client = useClient();
  const { user } = member;
  const name = useName(user);
  const presence = usePresence(user);
  const isMe = user === me;
  const mayRemove =
    !isMe &&
    (role === "owner" || (role === "admin" && member.role === "member"));
  const removal: Question = {
    title: `Remove ${name}?`,
    text: "They keep what was said until now, and hear nothing more.",
    yes: "Remove",
    act: () => client.api.removeMember(conv, user),
  };
  return (
    <li class="member">
      <button
        type="button"
        class="member-who"
        disabled={isMe}
        title={isMe ? undefined : `Write to ${name}`}
        onClick={() => goTo(directConversation(me, user))}
      >
        <UserAvatar user={user} size="small" presence />
        <span class="row-text">
          <bdi class="person-name">{isMe ? `${name} (you)` : name}</bdi>
          {!isMe && <span class="hint">{presenceText(presence)}</span>}
        </span>
      </button>
      {role === "owner" && !isMe ? (
        <select
          aria-label={`Role of ${name}`}
          value={member.role}
          onChange={(event) => {
            const next = event.currentTarget.value as Role;
            event.currentTarget.value = member.role;
            void saying(client.api.setRole(conv, user, next));
          }}
        >
          <option value="member">Member</option>
          <option value="admin">Admin</option>
          <option value="owner">Owner</option>
        </select>
      ) : (
        member.role !== "member" && <span class="role">{member.role}</span>
      )}
      {mayRemove && (
        <button
          type="button"
          class="icon-button"
          aria-label={`Remove ${name}`}
          title={`Remove ${name}`}
          onClick={() => ask(removal)}
        >
          <Icon name="close" size={16} />
        </button>
      )}
    </li>
  );
}

function AddPeople({
  conv,
  members,
  onClose,
}: {
  conv: string;
  members: readonly string[];
  onClose(): void;
}) {
  const client = useClient();
  const [users, setUsers] = useState<readonly string[]>([]);
  const add = async () => {
    await client.api.addMembers(conv, users);
    onClose();
  };
  return (
    <Dialog title="Add people" onClose={onClose}>
      <Chosen users={users} onDrop={(user) => setUsers(toggled(users, user))} />
      <PeoplePicker
        label="Find somebody"
        without={members}
        chosen={users}
        onPick={(user) => setUsers(toggled(users, user))}
      />
      <div class="dialog-buttons">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          kind="primary"
          disabled={users.length === 0}
          onClick={() => saying(add())}
        >
          Add
        </Button>
      </div>
    </Dialog>
  );
}
