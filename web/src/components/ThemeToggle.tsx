import { setTheme, type Theme, useTheme } from "../app/theme";
import { Button } from "./Button";
import { HalvesIcon, MoonIcon, SunIcon } from "./signs";

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };
const WORDS: Record<Theme, string> = { system: "as the system", light: "light", dark: "dark" };
const ICONS = { system: HalvesIcon, light: SunIcon, dark: MoonIcon };

export function ThemeToggle() {
  const theme = useTheme();
  const label = `Theme: ${WORDS[theme]}. Change to ${WORDS[NEXT[theme]]}`;
  const Icon = ICONS[theme];
  return (
    <Button look="ghost" aria-label={label} title={label} onClick={() => setTheme(NEXT[theme])}>
      <Icon />
    </Button>
  );
}
