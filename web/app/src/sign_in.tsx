import { useState } from "preact/hooks";
import { ParleyError } from "parley-client";
import { useClient } from "./core/client";
import { explain } from "./core/errors";
import { profiles } from "./core/profiles";
import { Button } from "./ui/button";
import { Field } from "./ui/field";

const USER = "[a-z0-9][a-z0-9._\\-]{0,31}";

/** Who one is: the screen before all others. */
export function SignIn() {
  const client = useClient();
  const { user: known, stopReason } = client.state;
  const [isNew, setNew] = useState(false);
  const [user, setUser] = useState(known ?? "");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");

  const submit = async () => {
    setBusy(true);
    setFailure("");
    try {
      const who = user.trim().toLowerCase();
      if (client.state.user !== who) profiles.forget();
      if (isNew)
        await client.register(who, password, name.trim() || undefined);
      else await client.login(who, password);
      client.start();
    } catch (why) {
      setFailure(explainSignIn(why, isNew));
      setBusy(false);
    }
  };

  return (
    <main class="sign-in">
      <form
        class="sign-in-card"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <img src="/favicon.svg" alt="" width="56" height="56" />
        <h1>{isNew ? "Create your account" : "Welcome to Parley"}</h1>
        <p class="sign-in-lead">
          {isNew
            ? "Choose a user name; you cannot change it later."
            : known && stopReason === "signed-out"
              ? "Your session has ended. Sign in to go on where you were."
              : "Sign in to your team's chat."}
        </p>
        <Field
          label="User name"
          name="username"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          required
          autofocus
          pattern={USER}
          maxLength={32}
          value={user}
          onText={(text) => setUser(text.trim().toLowerCase())}
          {...(isNew && {
            hint: "Small letters a to z, digits, and . _ -",
          })}
        />
        {isNew && (
          <Field
            label="Your name"
            name="name"
            autocomplete="name"
            maxLength={100}
            value={name}
            onText={setName}
            hint="As others see it; you can change it at any time."
          />
        )}
        <Field
          label="Password"
          name="password"
          type="password"
          autocomplete={isNew ? "new-password" : "current-password"}
          required
          minLength={isNew ? 8 : 1}
          value={password}
          onText={setPassword}
          {...(isNew && { hint: "At least 8 characters." })}
        />
        {failure && (
          <p class="form-error" role="alert">
            {failure}
          </p>
        )}
        <Button kind="primary" type="submit" busy={busy}>
          {isNew ? "Create account" : "Sign in"}
        </Button>
        <p class="sign-in-switch">
          {isNew ? "You have an account?" : "New here?"}{" "}
          <button
            type="button"
            class="link"
            onClick={() => {
              setNew(!isNew);
              setFailure("");
            }}
          >
            {isNew ? "Sign in" : "Create an account"}
          </button>
        </p>
      </form>
    </main>
  );
}

function explainSignIn(why: unknown, isNew: boolean): string {
  const code = why instanceof ParleyError ? why.code : "";
  if (code === "conflict") return "This user name is taken.";
  if (code === "unauthenticated") return "Wrong user name or password.";
  if (code === "forbidden" && isNew)
    return "Accounts are made by the operator of this server.";
  if (code === "forbidden") return "This account is disabled.";
  return explain(why);
}
