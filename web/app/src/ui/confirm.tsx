import { useState } from "preact/hooks";
import { explain } from "../core/errors";
import { Button } from "./button";
import { Dialog } from "./dialog";

export interface Question {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly act: () => Promise<unknown>;
}

/** Asks before something that cannot be undone. */
export function Confirm({
  title,
  text,
  yes,
  act,
  onClose,
}: Question & { onClose(): void }) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");
  const run = async () => {
    setBusy(true);
    try {
      await act();
      onClose();
    } catch (why) {
      setFailure(explain(why));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p class="dialog-text">{text}</p>
      {failure && (
        <p class="form-error" role="alert">
          {failure}
        </p>
      )}
      <div class="dialog-buttons">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="danger" busy={busy} onClick={run}>
          {yes}
        </Button>
      </div>
    </Dialog>
  );
}
