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

function applyTheme(): void {
  document.documentElement.dataset["theme"] = theme.value;
}

theme.subscribe(() => {
  localStorage.setItem(THEME, theme.value);
  applyTheme();
});
notify.subscribe(() => {
  localStorage.setItem(NOTIFY, notify.value ? "on" : "off");
});
applyTheme();
