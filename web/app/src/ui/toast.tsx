import { useEffect } from "preact/hooks";
import { explain } from "../core/errors";
import { Signal } from "../core/signal";
import { useSubscription } from "../core/use_read";

const SHOWN_MS = 6000;

interface Notice {
  readonly text: string;
}

const notice = new Signal<Notice | undefined>(undefined);

/** Says something in passing. */
export function say(text: string): void {
  notice.value = { text };
}

/** Says it when what was asked for did not work. */
export async function saying(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (why) {
    say(explain(why));
  }
}

export function Toast() {
  useSubscription(notice.subscribe);
  const shown = notice.value;
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(() => (notice.value = undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  return (
    <div class="toast-place" role="status">
      {shown && <div class="toast">{shown.text}</div>}
    </div>
  );
}
