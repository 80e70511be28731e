import type { ComponentChildren, JSX } from "preact";
import { Icon, type IconName } from "./icon";

type ButtonProps = Omit<JSX.ButtonHTMLAttributes, "icon" | "label"> & {
  children?: ComponentChildren;
};

/** A button that shows a picture and is called `label`. */
export function IconButton({
  icon,
  label,
  class: className = "",
  ...rest
}: ButtonProps & { icon: IconName; label: string; class?: string }) {
  return (
    <button
      type="button"
      class={`icon-button ${className}`}
      aria-label={label}
      title={label}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  );
}

export function Button({
  kind = "plain",
  busy = false,
  children,
  ...rest
}: ButtonProps & { kind?: "plain" | "primary" | "danger"; busy?: boolean }) {
  return (
    <button
      type="button"
      {...rest}
      class={`button button-${kind}`}
      disabled={rest.disabled || busy}
      aria-busy={busy}
    >
      {children}
    </button>
  );
}
