import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

/** The same key that public/theme.js reads before the first paint. */
const KEY = "besom.theme";
const listeners = new Set<() => void>();
const systemDark = window.matchMedia("(prefers-color-scheme: dark)");

function current(): Theme {
  const theme = document.documentElement.dataset.theme;
  return theme === "light" || theme === "dark" ? theme : "system";
}

export function setTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  systemDark.addEventListener("change", listener);
  return () => {
    listeners.delete(listener);
    systemDark.removeEventListener("change", listener);
  };
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, current);

/** What is on the screen, whether chosen or the system's. Canvas drawings depend on it. */
export const useIsDark = (): boolean =>
  useSyncExternalStore(subscribe, () => (current() === "system" ? systemDark.matches : current() === "dark"));
