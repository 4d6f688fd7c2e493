"""Which sweeps the live panels of a report's text name. The page draws what lies in the same fenced blocks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

MOST_SWEEPS = 1_000
"""Those named after so many are not opened to readers; no browser could draw as many panels."""

_PANELS = frozenset({"curves", "parallel", "importance", "runs"})
"""Those that readers see: panels of logged charts and media show files of runs, so they open nothing."""
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_SWEEP = re.compile(r"[ \t]*sweep[ \t]*:(.*)")


def sweeps_shown(content: Mapping[str, Any]) -> frozenset[str]:
    """The ids that the panels of a report name, by the report's content."""
    markdown = content.get("markdown")
    return sweeps_named(markdown) if isinstance(markdown, str) else frozenset()


@lru_cache(maxsize=32)
def sweeps_named(markdown: str) -> frozenset[str]:
    """The ids that the panels of a report's text name.

    Readers without an account cause this with every request: each line is looked at once, and a text that was read
    lately is not read again.
    """
    named: set[str] = set()
    fence, is_panel, sweep = "", False, ""
    lines = markdown.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for line in lines:
        found = _FENCE.fullmatch(line) if line.lstrip(" ").startswith(("```", "~~~")) else None
        if not fence:
            if found and not (found[1][0] == "`" and "`" in found[2]):
                fence, is_panel, sweep = found[1], found[2].strip() in _PANELS, ""
        elif found and found[1].startswith(fence) and not found[2].strip():
            if is_panel and sweep:
                named.add(sweep)
            fence = ""
        elif is_panel and (said := _SWEEP.fullmatch(line)):
            sweep = said[1].strip()
        if len(named) >= MOST_SWEEPS:
            return frozenset(named)
    if fence and is_panel and sweep:  # a block that nothing closes goes on to the end of the text
        named.add(sweep)
    return frozenset(named)
