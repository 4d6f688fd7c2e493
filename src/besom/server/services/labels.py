"""What people call a run, and how long that may be.

Who changes a run from outside is told what is too long. What a program says of its own run is cut: a training neither
fails nor loses a value for a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from besom.protocol import NewRun, RunLabels
from besom.server.services.context import Unit
from besom.server.services.naming import LONGEST_DISPLAY_NAME
from besom.server.services.refusals import Invalid
from besom.server.store.text_kinds import Prose

LONGEST_TAG = 250
"""Characters. W&B's client takes 64."""
MOST_TAGS = 500

_LONGEST = {"name": LONGEST_DISPLAY_NAME, "group": LONGEST_DISPLAY_NAME, "job_type": LONGEST_DISPLAY_NAME}
_COLUMNS = {"group": "run_group"}
"""Where the column has another name."""
Said = TypeVar("Said", NewRun, RunLabels)


def check_labels(said: NewRun | RunLabels) -> None:
    """Raises Invalid for the first thing that is too long, or too much."""
    for field, rule, _ in _breaches(said):
        raise Invalid(f"bad_{field}", f"{rule}.", "Choose a shorter one, or fewer.", field=field)


def fitted(said: Said) -> tuple[Said, dict[str, str]]:
    """The same, cut to what a run may have; and by which rule what was cut, by its column."""
    breaches = list(_breaches(said))
    if not breaches:
        return said, {}
    fitting = msgspec.structs.replace(said, **{field: value for field, _, value in breaches})
    return fitting, {_COLUMNS.get(field, field): rule for field, rule, _ in breaches}


def note_cut(unit: Unit, run: Any, cut: Mapping[str, str]) -> None:
    """Writes down what was cut of a run's labels, if anything was."""
    if cut:
        words = "; ".join(f"{rule}: cut" for rule in cut.values())
        unit.run_event(run, "run.shortened", run.name, words, level="WARN")


def check_tags(tags: Sequence[str]) -> None:
    """Raises Invalid when one of them is too long, or there are too many."""
    for field, rule, _ in _tag_breaches(tags):
        raise Invalid(f"bad_{field}", f"{rule}.", "Choose a shorter one, or fewer.", field=field)


def label_columns(labels: RunLabels) -> dict[str, Any]:
    """Columns of a run for what people call it; an empty text clears all but the name."""
    columns: dict[str, Any] = {"name": labels.name} if labels.name else {}
    if labels.tags is not None:
        columns["tags"] = list(dict.fromkeys(labels.tags))
    for field in ("notes", "group", "job_type"):
        text = getattr(labels, field)
        if text is not None:
            columns[_COLUMNS.get(field, field)] = text or None
    return columns


def _breaches(said: NewRun | RunLabels) -> Iterator[tuple[str, str, Any]]:
    """Field, rule and what would fit, of all that does not."""
    for field, most in {**_LONGEST, "notes": Prose.longest}.items():
        text = getattr(said, field) or ""
        if len(text) > most:
            yield field, _rule(field.replace("_", " "), text, most), _cut(text, most)
    yield from _tag_breaches(said.tags or [])


def _tag_breaches(tags: Sequence[str]) -> Iterator[tuple[str, str, list[str]]]:
    fitting = [_cut(tag, LONGEST_TAG) for tag in tags[:MOST_TAGS]]
    if len(tags) > MOST_TAGS:
        yield "tags", f"There are {len(tags):,} tags, and at most {MOST_TAGS} are allowed", fitting
    elif fitting != list(tags):
        yield "tags", _rule("tag", max(tags, key=len), LONGEST_TAG), fitting


def _rule(what: str, text: str, most: int) -> str:
    return f"The {what} {text[:60] + '…'!r} has {len(text):,} characters, and at most {most:,} are allowed"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
