import type { JSX } from "preact";
import { useId } from "preact/hooks";

/** A labelled line of text, with a hint below. */
export function Field({
  label,
  hint,
  onText,
  ...rest
}: Omit<JSX.InputHTMLAttributes, "label"> & {
  label: string;
  hint?: string;
  onText(text: string): void;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        dir="auto"
        aria-describedby={hint ? `${id}-hint` : undefined}
        {...rest}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
