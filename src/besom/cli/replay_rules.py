"""Which rules of early stopping ``besom replay`` is to show: from options, a file, or the sweep itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from besom.config import load_file
from besom.config.early_terminate import KEYS, check_early_terminate
from besom.config.model import Asha, EarlyTerminate, Hyperband, Median, SweepConfig
from besom.config.report import Report
from besom.errors import UsageError

DEFAULTS: tuple[EarlyTerminate, ...] = (Hyperband(min_iter=3), Asha(), Median())


def rules(
    swept: SweepConfig, stoppers: Sequence[str], settings: Mapping[str, Any], file: str | None
) -> list[EarlyTerminate]:
    """The rules that are asked for, each once; without any the sweep's own, or all at their defaults.

    Args:
        swept: The sweep's configuration.
        stoppers: Types, each with settings of its own after commas.
        settings: For all of these types that know them.
        file: A sweep file with ``early_terminate``.

    Raises:
        ConfigError: a rule that cannot be used.
        UsageError: a setting that no rule knows, or a file without a rule.
    """
    if settings and not stoppers:
        raise UsageError(
            f"{_option(next(iter(settings)))} belongs to a rule, but none is named.", "Add --stopper asha."
        )
    blocks = [_block(text, settings) for text in stoppers]
    for key in settings:
        if not any(key in block for block in blocks):
            types = " or ".join(name for name, keys in KEYS.items() if key in keys)
            raise UsageError(f"{_option(key)} is no setting of {', '.join(stoppers)}.", f"It belongs to {types}.")
    found = [_checked(block) for block in blocks]
    if file is not None:
        rule = load_file(file).config.early_terminate
        if rule is None:
            raise UsageError(f"{file} has no early_terminate.", "Add one, or name a rule with --stopper.")
        found.append(rule)
    if not found:
        found = [swept.early_terminate] if swept.early_terminate else [*DEFAULTS]
    return list(dict.fromkeys(found))


def _block(text: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The block of a configuration that ``TYPE,KEY=VALUE,...`` stands for."""
    kind, *own = (part.strip() for part in text.split(","))
    block: dict[str, Any] = {"type": kind, **{key: settings[key] for key in settings if key in KEYS.get(kind, ())}}
    for part in own:
        key, equals, value = part.partition("=")
        if not equals:
            raise UsageError(f"--stopper {text!r}: {part!r} is no setting.", "Write it as key=value: asha,eta=2.")
        key = key.strip().replace("-", "_")
        if key not in KEYS.get(kind, (key,)):
            raise UsageError(
                f"--stopper {text!r}: {kind} has no setting {key!r}.", f"It has {', '.join(KEYS[kind][1:])}."
            )
        block[key] = {"true": True, "false": False}.get(value.strip().lower(), value.strip())
    if kind == "hyperband" and not block.keys() & {"min_iter", "max_iter"}:
        block["min_iter"] = 3
    return block


def _checked(block: dict[str, Any]) -> EarlyTerminate:
    report = Report(source="--stopper")
    rule = check_early_terminate(block, report)
    report.close()
    if rule is None:
        raise UsageError(f"--stopper {block['type']} is no rule.", "Name hyperband, asha or median.")
    return rule


def _option(key: str) -> str:
    return f"--{key.replace('_', '-')}"
