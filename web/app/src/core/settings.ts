import { Signal } from "./signal";

export type Theme = "system" | "light" | "dark";

const THEME = "parley.theme";
const NOTIFY = "parley.notify";

/** How this browser shows Parley; nobody else's business. */
export const theme = new Signal<Theme>(
  (localStorage.getItem(THEME) as Theme | null) ?? "system",
);

export const notify = new Signal<boolean>(
  localStorage.getItem(NOTIFY) === "on",
);

const deviceIsDark = matchMedia("(prefers-color-scheme: dark)");

/** Chosen here rather than by the style sheet, so that all of it changes. */
function applyTheme(): void {
  const dark =
    theme.value === "system" ? deviceIsDark.matches : theme.value === "dark";
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
}

theme.subscribe(() => {
  localStorage.setItem(THEME, theme.value);
  applyTheme();
});
notify.subscribe(() => {
  localStorage.setItem(NOTIFY, notify.value ? "on" : "off");
});
deviceIsDark.addEventListener("change", applyTheme);
applyTheme();
