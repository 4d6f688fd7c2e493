"""Configurations as text: what is wrong with them, and what they would do. Nothing is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from besom.protocol import ConfigCheck, ConfigProblem, ConfigText, Preview, PreviewParameter, PreviewRule, SampleRun
from besom.server.services.refusals import TooLarge

if TYPE_CHECKING:
    from besom.config import Loaded, Problem, SweepConfig

LONGEST_TEXT = 1 << 20
"""Characters."""
MOST_SAMPLES = 20


async def check_text(asked: ConfigText) -> ConfigCheck:
    """The problems of a text, and without errors a preview of the sweep that it makes.

    Raises:
        TooLarge: the text is too long to be looked at.
    """
    if len(asked.text) > LONGEST_TEXT:
        rule = f"The text has {len(asked.text):,} characters, and at most {LONGEST_TEXT:,} are read."
        raise TooLarge("text_too_long", rule, field="text")
    return await asyncio.to_thread(_check, asked.text, max(0, min(asked.samples, MOST_SAMPLES)))


def _check(text: str, samples: int) -> ConfigCheck:
    from besom.config import ConfigError, load_text

    try:
        loaded = load_text(text)
    except ConfigError as error:
        return ConfigCheck(errors=_told(error.problems), warnings=_told(error.warnings), config=None, preview=None)
    warnings = _told(loaded.warnings)
    try:
        preview = _preview(loaded, samples)
    except ValueError as error:
        problem = ConfigProblem(message=f"{error}.", hint="", key="parameters", found="", line=None, column=None)
        return ConfigCheck(errors=[problem], warnings=warnings, config=None, preview=None)
    return ConfigCheck(errors=[], warnings=warnings, config=loaded.config.stored, preview=preview)


def _told(problems: Iterable[Problem]) -> list[ConfigProblem]:
    from besom.config.problem import NOTHING, show

    return [
        ConfigProblem(
            message=problem.rule,
            hint=problem.fix,
            key=problem.where,
            found="" if problem.value is NOTHING else show(problem.value),
            line=problem.line,
            column=problem.column,
        )
        for problem in problems
    ]


def _preview(loaded: Loaded, samples: int) -> Preview:
    """What the sweep would do.

    Raises:
        ValueError: it can do nothing: its grid cannot be counted, or no point is allowed.
    """
    from besom.config.describe import describe, only_where
    from besom.search import check_feasible, expected_runs, nest
    from besom.search.memory import Memory
    from besom.search.preview import draw, headline, order_is_known, rules, run_count, searched

    config, memory = loaded.config, Memory()
    grid = memory.grid_of(config) if config.method == "grid" else None
    if not config.is_searched_outside:
        check_feasible(config, grid)
    found = [nest(values) for values in draw(config, samples, memory)] if samples and config.parameters else []
    return Preview(
        headline=headline(config),
        runs=expected_runs(config, grid),
        runs_text=run_count(config, memory),
        parameters=[
            PreviewParameter(
                name=parameter.name,
                distribution=parameter.label,
                values=describe(parameter.distribution),
                only_where=only_where(parameter),
            )
            for parameter in searched(config)
        ],
        rules=[PreviewRule(name=name, text=text) for name, text in [*rules(config), *_ends(config)]],
        samples=[SampleRun(params=values, command=_command(config, values)) for values in found],
        order_is_known=order_is_known(config),
    )


def _ends(config: SweepConfig) -> list[tuple[str, str]]:
    from besom.config.early_terminate import describe

    return [("Early stopping", describe(config.early_terminate))] if config.early_terminate else []


def _command(config: SweepConfig, values: dict[str, Any]) -> list[str]:
    """The command line as a user's machine would make it; variables of its environment are shown by their names."""
    from besom.config import expand_command, needs_program

    if config.program is None and needs_program(config):
        return [f"{name}={value}" for name, value in sorted(values.items())]
    return expand_command(config, None, values, interpreter="python", environ={}, json_file="PARAMETERS.json")
