"""Configurations of sweeps as text: checked, previewed, guessed, and changed under way."""

from __future__ import annotations

from typing import Any

from besom.protocol.base import Message
from besom.protocol.sweeps import Sweep


class ConfigText(Message, kw_only=True):
    """YAML or JSON to look at."""

    text: str
    samples: int = 3
    """Sample runs to show, at most 20."""


class ConfigProblem(Message, kw_only=True):
    """One thing wrong with a configuration."""

    message: str
    """The rule that is broken."""
    hint: str
    """What to write instead; empty where there is nothing to say."""
    key: str
    """Where it stands, e.g. ``parameters.lr.min``; empty for the whole configuration."""
    found: str
    """The value as it would be written, shortened; empty where something is missing."""
    line: int | None
    """Counted from 1; None where no place in the text is to blame."""
    column: int | None
    """Counted from 1."""


class PreviewParameter(Message, kw_only=True):
    """A parameter, in words."""

    name: str
    distribution: str
    values: str
    only_where: str
    """The condition under which it exists; empty where it always does."""


class PreviewRule(Message, kw_only=True):
    """What holds for combinations of parameters, for repeats, or for the end of runs."""

    name: str
    """One word or two, e.g. ``Never``, ``Paired``, ``Repeats``, ``Early stopping``."""
    text: str


class SampleRun(Message, kw_only=True):
    """A run that the configuration would lead to."""

    params: dict[str, Any]
    command: list[str]
    """The words of its command line; for a function, its parameters as ``name=value``."""


class Preview(Message, kw_only=True):
    """What a configuration would do."""

    headline: str
    """Method and goal, as a sentence without a full stop."""
    runs: int | None
    """How many there will be at most; None: no end."""
    runs_text: str
    """The same in words, with the reason."""
    parameters: list[PreviewParameter]
    rules: list[PreviewRule]
    samples: list[SampleRun]
    order_is_known: bool
    """Whether the samples are the sweep's very first runs, and not examples."""


class ConfigCheck(Message, kw_only=True):
    """What the check of a configuration found."""

    errors: list[ConfigProblem]
    warnings: list[ConfigProblem]
    config: dict[str, Any] | None
    """The checked configuration, to create a sweep with; None where there are errors."""
    preview: Preview | None
    """None where there are errors."""


class GuessedConfig(Message, kw_only=True):
    """A configuration that was guessed from runs."""

    text: str
    """YAML with comments."""
    runs: int
    """How many it was guessed from."""


class NewSweepVersion(Message, kw_only=True):
    """A changed configuration for a sweep that has begun."""

    text: str
    based_on: int | None = None
    """Number of the version that was edited; refused (409) when there is a newer one. None: whatever is there."""


class SweepVersion(Message, kw_only=True):
    """A configuration that a sweep has, or had."""

    number: int
    """Counted from 1."""
    text: str
    creator: str
    created: float
    changes: list[str]
    """What it changes of the version before, in words."""


class SweepVersionPage(Message, kw_only=True):
    """Versions of a sweep's configuration, the newest first."""

    versions: list[SweepVersion]


class SweepVersionMade(Message, kw_only=True):
    """The new version, the sweep with it, and what the check of the configuration warned about."""

    sweep: Sweep
    version: SweepVersion
    warnings: list[str] = []
