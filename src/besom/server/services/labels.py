"""What people call a run, and how long that may be.

Who changes a run from outside is told what is too long. What a program says of its own run is cut: a training neither
fails nor loses a value for a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from besom.protocol import NewRun, RunLabels
from besom.server.services.context import Unit
from besom.server.services.naming import LONGEST_DISPLAY_NAME
from besom.server.services.refusals import Invalid

LONGEST_TAG = 250
"""Characters. W&B's client takes 64."""
MOST_TAGS = 500
LONGEST_NOTES = 100_000

_LONGEST = {"name": LONGEST_DISPLAY_NAME, "group": LONGEST_DISPLAY_NAME, "job_type": LONGEST_DISPLAY_NAME}
Said = TypeVar("Said", NewRun, RunLabels)


def check_labels(said: NewRun | RunLabels) -> None:
    """Raises Invalid for the first thing that is too long, or too much."""
    for field, rule, _ in _breaches(said):
        raise Invalid(f"bad_{field}", f"{rule}.", "Choose a shorter one, or fewer.", field=field)


def fitted(said: Said) -> tuple[Said, str]:
    """The same, cut to what a run may have; and what was cut, in words: empty where nothing was."""
    breaches = list(_breaches(said))
    if not breaches:
        return said, ""
    fitting = msgspec.structs.replace(said, **{field: value for field, _, value in breaches})
    return fitting, "; ".join(f"{rule}: cut" for _, rule, _ in breaches)


def note_cut(unit: Unit, run: Any, cut: str) -> None:
    """Writes down what was cut of a run's labels, if anything was."""
    if cut:
        unit.run_event(run, "run.shortened", run.name, cut, level="WARN")


def label_columns(labels: RunLabels) -> dict[str, Any]:
    """Columns of a run for what people call it; an empty text clears all but the name."""
    columns: dict[str, Any] = {"name": labels.name} if labels.name else {}
    if labels.tags is not None:
        columns["tags"] = list(dict.fromkeys(labels.tags))
    given = {"notes": labels.notes, "run_group": labels.group, "job_type": labels.job_type}
    return columns | {key: text or None for key, text in given.items() if text is not None}


def _breaches(said: NewRun | RunLabels) -> Iterator[tuple[str, str, Any]]:
    """Field, rule and what would fit, of all that does not."""
    for field, most in {**_LONGEST, "notes": LONGEST_NOTES}.items():
        text = getattr(said, field) or ""
        if len(text) > most:
            yield field, _rule(field.replace("_", " "), text, most), _cut(text, most)
    tags = said.tags or []
    if longest := max((tag for tag in tags if len(tag) > LONGEST_TAG), key=len, default=None):
        tags = [_cut(tag, LONGEST_TAG) for tag in tags]
        yield "tags", _rule("tag", longest, LONGEST_TAG), tags[:MOST_TAGS]
    if len(tags) > MOST_TAGS:
        yield "tags", f"There are {len(tags):,} tags, and at most {MOST_TAGS} are allowed", tags[:MOST_TAGS]


def _rule(what: str, text: str, most: int) -> str:
    return f"The {what} {text[:60] + '…'!r} has {len(text):,} characters, and at most {most:,} are allowed"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
