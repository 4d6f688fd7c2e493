"""Which runs a new sweep shall learn from, as a user names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from besom.client.paths import Noun, parse_item
from besom.errors import UsageError


@dataclass(frozen=True, slots=True)
class PriorRuns:
    """The same as the fields of ``NewSweep``."""

    runs: list[str] = field(default_factory=list)
    sweeps: list[str] = field(default_factory=list)
    filter: dict[str, Any] | None = None


def prior_runs(given: Sequence[str] | Mapping[str, Any] | None, project: str) -> PriorRuns:
    """Reads ids or paths of runs, ``{"sweep": ID}`` (or a list of ids), or a filter of runs.

    Raises:
        UsageError: it is something else, or of another project.
    """
    if given is None:
        return PriorRuns()
    if isinstance(given, Mapping):
        sweeps = given.get("sweep")
        if len(given) == 1 and isinstance(sweeps, str | list | tuple):
            return PriorRuns(sweeps=ids_of("sweep", [sweeps] if isinstance(sweeps, str) else sweeps, project))
        return PriorRuns(filter=dict(given))
    if isinstance(given, str):
        raise UsageError(f"prior_runs is the text {given!r}.", "Give a list of run ids, {'sweep': ID}, or a filter.")
    return PriorRuns(runs=ids_of("run", given, project))


def ids_of(noun: Noun, texts: Iterable[str], project: str) -> list[str]:
    """The ids of runs or sweeps, which must belong to ``project``.

    Raises:
        UsageError: one is of another project, or no path.
    """
    paths = [parse_item(text, noun) for text in texts]
    for path in paths:
        if path.project not in (None, project):
            raise UsageError(
                f"The prior {noun} {path} is not in the sweep's project, {project}.",
                "A sweep can count runs of its own project only.",
            )
    return [path.id for path in paths]
