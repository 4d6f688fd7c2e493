import { setTheme, type Theme, useTheme } from "../app/theme";
import { Button } from "./Button";

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };
const WORDS: Record<Theme, string> = { system: "as the system", light: "light", dark: "dark" };

export function ThemeToggle() {
  const theme = useTheme();
  const label = `Theme: ${WORDS[theme]}. Change to ${WORDS[NEXT[theme]]}`;
  return (
    <Button look="ghost" aria-label={label} title={label} onClick={() => setTheme(NEXT[theme])}>
      <svg
        width="16"
        height="16"
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        aria-hidden="true"
      >
        {theme === "light" && (
          <>
            <circle cx="8" cy="8" r="3" />
            <path
              strokeLinecap="round"
              d="M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9 13 13M3 13l1.1-1.1M11.9 4.1 13 3"
            />
          </>
        )}
        {theme === "dark" && <path strokeLinejoin="round" d="M13.5 9.5A6 6 0 1 1 6.5 2.5a5 5 0 0 0 7 7z" />}
        {theme === "system" && (
          <>
            <circle cx="8" cy="8" r="6" />
            <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" stroke="none" />
          </>
        )}
      </svg>
    </Button>
  );
}
