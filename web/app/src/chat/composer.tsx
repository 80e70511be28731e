import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { MessageItem } from "parley-client";
import { useClient } from "../core/client";
import { drafts } from "../core/drafts";
import { explain } from "../core/errors";
import { codePoints } from "../core/text";
import { IconButton } from "../ui/button";
import { Icon } from "../ui/icon";
import { say } from "../ui/toast";
import { EmojiPicker } from "./emoji";
import { Quoted } from "./quote";

const CHARS_MAX = 100_000;
/** From so many on one is told how many there are. */
const CHARS_TOLD = 90_000;

/** What the next text is: a message, an answer or another text for one. */
export type Intent =
  | { readonly is: "send" }
  | { readonly is: "reply"; readonly to: MessageItem }
  | { readonly is: "edit"; readonly message: MessageItem };

export function Composer({
  conv,
  me,
  intent,
  field,
  onDone,
  onEditLast,
  onSent,
}: {
  conv: string;
  me: string;
  intent: Intent;
  field: RefObject<HTMLTextAreaElement>;
  onDone(): void;
  onEditLast(): void;
  onSent(): void;
}) {
  const client = useClient();
  const [chars, setChars] = useState(0);
  const [picking, setPicking] = useState(false);
  const edited = intent.is === "edit" ? intent.message : undefined;
  const text = () => field.current?.value ?? "";

  const put = (value: string) => {
    field.current!.value = value;
    setChars(codePoints(value));
    grow(field.current!);
  };

  useLayoutEffect(() => {
    put(edited ? (edited.body ?? "") : drafts.get(conv));
  }, [conv, edited?.seq]);
  useEffect(() => {
    if (intent.is !== "send") field.current?.focus();
  }, [intent]);

  const changed = () => {
    const value = text();
    setChars(codePoints(value));
    grow(field.current!);
    if (edited) return;
    drafts.set(conv, value);
    if (value) client.typing(conv);
  };

  const submit = async () => {
    const value = withoutBlankEnds(text());
    if (!value || chars > CHARS_MAX) return;
    const replyTo = intent.is === "reply" ? intent.to.seq : undefined;
    put("");
    if (!edited) drafts.set(conv, "");
    onDone();
    try {
      if (!edited) await client.send(conv, value, replyTo);
      else if (value !== edited.body)
        await client.edit(conv, edited.seq, value);
      onSent();
    } catch (why) {
      say(explain(why));
      if (text() === "") put(value);
    }
  };

  const insert = (emoji: string) => {
    setPicking(false);
    const { selectionStart, selectionEnd } = field.current!;
    field.current!.setRangeText(emoji, selectionStart, selectionEnd, "end");
    field.current!.focus();
    changed();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // Enter that ends a word of an input method sends nothing.
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && !isTouch()) {
      event.preventDefault();
      void submit();
    } else if (event.key === "Escape" && intent.is !== "send") {
      event.preventDefault();
      onDone();
    } else if (event.key === "ArrowUp" && text() === "") {
      event.preventDefault();
      onEditLast();
    }
  };

  return (
    <form
      class="composer"
      aria-label="Write a message"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {intent.is !== "send" && (
        <div class="composer-intent">
          <Icon name={intent.is === "edit" ? "edit" : "reply"} size={18} />
          <div class="composer-quote">
            {intent.is === "edit" ? (
              <span class="quote-from">Edit your message</span>
            ) : (
              <Quoted thread={{ me }} message={intent.to} />
            )}
          </div>
          <IconButton icon="close" label="Cancel" onClick={onDone} />
        </div>
      )}
      <div class="composer-row">
        <div class="composer-field">
          <textarea
            ref={field}
            name="message"
            rows={1}
            dir="auto"
            aria-label="Message"
            placeholder="Message"
            enterkeyhint="send"
            onInput={changed}
            onKeyDown={onKeyDown}
          />
          <IconButton
            icon="smile"
            label="Insert an emoji"
            aria-expanded={picking}
            onClick={() => setPicking(!picking)}
          />
          {picking && (
            <EmojiPicker onPick={insert} onClose={() => setPicking(false)} />
          )}
        </div>
        <button
          type="submit"
          class="send"
          aria-label={edited ? "Save" : "Send"}
          title={edited ? "Save" : "Send"}
          disabled={chars === 0 || chars > CHARS_MAX}
        >
          <Icon name={edited ? "check" : "send"} />
        </button>
      </div>
      {chars > CHARS_TOLD && (
        <p class={chars > CHARS_MAX ? "hint hint-bad" : "hint"} role="status">
          {chars.toLocaleString()} of {CHARS_MAX.toLocaleString()} characters
        </p>
      )}
    </form>
  );
}

/** Blank lines before and blanks after are no part of a message. */
function withoutBlankEnds(text: string): string {
  const blank = text.length - text.trimStart().length;
  const firstLine = text.lastIndexOf("\n", blank - 1) + 1;
  return text.slice(blank > 0 ? firstLine : 0).trimEnd();
}

/** On a phone's keyboard, Enter is for a new line. */
function isTouch(): boolean {
  return matchMedia("(hover: none) and (pointer: coarse)").matches;
}

/** As high as its text, where the style sheet alone cannot do it. */
function grow(field: HTMLTextAreaElement): void {
  if (CSS.supports("field-sizing", "content")) return;
  field.rows = Math.min(8, field.value.split("\n").length);
}
