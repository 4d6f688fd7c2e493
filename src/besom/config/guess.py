"""A configuration guessed from runs: parameters with their ranges, a metric, the program. It always loads."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context
from statistics import median
from typing import Any

from besom.config.equality import canonical
from besom.config.loading import load_text
from besom.config.problem import ConfigError
from besom.config.yaml_flow import write_flow
from besom.config.yaml_writer import write_yaml

Path = tuple[str, ...]

_MOST_CHOICES = 20
"""Different texts of one parameter; more of them are names or paths, not choices."""
_MOST_LISTED = 30
"""Settings that are named in a comment."""
_WIDE = 10.0
"""Largest divided by smallest, from which on a range is searched by its logarithm."""
_LARGEST = 2**53

_FALL = "loss error err mse rmse mae mape nll ppl perplexity wer cer fid regret cost latency bpb bpc rmsle divergence"
_RISE = (
    "acc accuracy auc auroc auprc ap map f1 f2 fbeta precision recall score reward return r2 iou miou dice bleu rouge "
    "psnr ssim ndcg mrr success hits top1 top5 correlation likelihood"
)
_HELD_OUT = "val valid validation test eval dev heldout"
_NO_METRIC = "epoch epochs step steps iteration iterations lr time runtime seconds timestamp batch size"
_BY_LOGARITHM = "lr rate decay eps epsilon alpha lambda reg l1 l2 temperature tol"
_NOT_SEARCHED = "seed epoch epochs step steps iterations workers num_workers gpus devices port rank"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a run."""

    config: Mapping[str, Any]
    summary: Mapping[str, Any]
    program: str | None = None


def guess(runs: Sequence[Seen]) -> str:
    """YAML with comments: searches what differed between the runs, over the ranges that were seen.

    Where nothing differed, as with a first run that is a baseline, it searches around the numbers that there are.
    What loads is kept: a parameter that no configuration can have is left out.
    """
    values = _values(runs)
    varied = {path: found for path, found in values.items() if len(found) > 1}
    entries = {
        path: entry for path, found in (varied or values).items() if (entry := _entry(path, found, bool(varied)))
    }
    metric = _metric(runs)
    program = _most_common(run.program for run in runs if run.program)
    while True:
        text = _write(len(runs), program, metric, entries, _left(values, entries))
        try:
            load_text(text)
        except ConfigError as error:
            blamed = {path for path in entries for problem in error.problems if _speaks_of(problem.path, path)}
            if blamed:
                entries = {path: entry for path, entry in entries.items() if path not in blamed}
            elif entries:
                entries = {}
            else:
                program, metric = None, None
        else:
            return text


def _left(values: Iterable[Path], entries: Iterable[Path]) -> list[str]:
    """Names of what is not searched: the same for runs that nest their settings and for those that write dots."""
    searched = {".".join(path) for path in entries}
    return [name for name in dict.fromkeys(".".join(path) for path in values) if name not in searched]


def _values(runs: Iterable[Seen]) -> dict[Path, list[Any]]:
    """The different values of each setting, by its path, in the order in which they were met."""
    found: dict[Path, dict[str, Any]] = {}
    for run in runs:
        for path, value in _leaves(run.config, ()):
            found.setdefault(path, {}).setdefault(write_flow(canonical(value)), value)
    return {path: list(values.values()) for path, values in found.items()}


def _leaves(config: Mapping[str, Any], above: Path) -> Iterator[tuple[Path, Any]]:
    for key, value in config.items():
        if key.startswith("_") or not key:  # notes of a client to itself
            continue
        if isinstance(value, Mapping):
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key), value


def _entry(path: Path, values: list[Any], differed: bool) -> dict[str, Any] | None:
    """What the configuration says of a setting; None for one that is left to the program."""
    numbers = [value for value in values if _is_number(value)]
    if numbers and len(numbers) == len([value for value in values if value not in ("NaN", "Infinity", "-Infinity")]):
        return _range(numbers) if len(numbers) > 1 else None if differed else _around(path, numbers[0])
    if not differed or len(values) > _MOST_CHOICES:
        return None
    return {"values": sorted(values, key=lambda value: (str(type(value)), str(value)))}


def _range(numbers: list[Any]) -> dict[str, Any]:
    low, high = min(numbers), max(numbers)
    if all(isinstance(number, int) for number in numbers):
        if len(numbers) <= _MOST_CHOICES and all(number > 0 and number & (number - 1) == 0 for number in numbers):
            return {"values": sorted(numbers)}
        return {"min": low, "max": high}
    return _reals(low, high, median(numbers) if len(numbers) > 2 else None)


def _reals(low: float, high: float, middle: float | None = None) -> dict[str, Any]:
    """A range that holds both ends, which are rounded to two digits.

    ``middle``: the median of what was seen. Of numbers drawn evenly from 0 to 1 the least is small, too; they lie about
    the mean of both ends, and those drawn by their logarithm about its geometric one.
    """
    wide = low > 0 and high / low >= _WIDE
    if wide and middle is not None:
        geometric = (math.log(low) + math.log(high)) / 2
        wide = math.log(middle) < (geometric + math.log(low / 2 + high / 2)) / 2
    ends = {"min": _rounded(low, ROUND_FLOOR), "max": _rounded(high, ROUND_CEILING)}
    return {"distribution": "log_uniform_values", **ends} if wide else ends


def _around(path: Path, number: Any) -> dict[str, Any] | None:
    """A range for a setting of which only one value is known."""
    if number <= 0 or _says(path[-1], _NOT_SEARCHED):
        return None
    if isinstance(number, int):
        if number >= 8 and number & (number - 1) == 0:
            return {"values": [number // 2, number, number * 2]}
        return {"min": max(1, number // 2), "max": number * 2}
    if _says(path[-1], _BY_LOGARITHM):
        return _reals(_rounded(number / 10), _rounded(number * 10))
    return _reals(number / 2, number * 2 if number >= 1 else min(number * 2, (1 + number) / 2))


def _metric(runs: Sequence[Seen]) -> tuple[str, str] | None:
    """Name and goal: what most runs logged; of equals what was measured on held-out data, and what has a known goal."""
    counts = Counter(key for run in runs for key, value in run.summary.items() if _is_number(value) and key[:1] != "_")
    likely = {key: count for key, count in counts.items() if not _says(key, _NO_METRIC)} or counts
    if not likely:
        return None
    name = min(likely, key=lambda key: (-likely[key], not _goal(key), not _says(key, _HELD_OUT), len(key), key))
    return name, _goal(name) or "minimize"


def _goal(key: str) -> str | None:
    if _says(key, _FALL):
        return "minimize"
    return "maximize" if _says(key, _RISE) else None


def _says(name: str, words: str) -> bool:
    """Whether the name is, or holds, one of the words: ``val_loss``, ``valLoss`` and ``val/loss`` say ``loss``."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return not {split, *re.split(r"[^a-z0-9]+", split)}.isdisjoint(words.split())


def _most_common(items: Iterable[str]) -> str | None:
    counted = Counter(items).most_common(1)
    return counted[0][0] if counted else None


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and abs(value) <= _LARGEST


def _rounded(number: float, rounding: str = ROUND_HALF_EVEN) -> float:
    """To two digits, as it is written."""
    return float(Context(prec=2, rounding=rounding).create_decimal(repr(number)))


def _speaks_of(place: Sequence[str | int], path: Path) -> bool:
    """Whether a problem at that place of the configuration is about the parameter."""
    named = [step for step in place if isinstance(step, str)][1:]
    inside = [step for name in path for step in (name, "parameters")][:-1]
    return bool(named) and named[: len(inside)] == inside[: len(named)]


def _write(
    count: int,
    program: str | None,
    metric: tuple[str, str] | None,
    entries: Mapping[Path, dict[str, Any]],
    left: Sequence[str],
) -> str:
    guessed = f"Guessed from {count:,} run{'' if count == 1 else 's'}"
    source = guessed if count else "An example, for there is no run yet"
    lines = [f"# {source}: look at each line before you start.", ""]
    if program:
        lines.append(write_yaml({"program": program}).rstrip())
    else:
        lines.append("# program: train.py  # what agents start; without it they call a Python function")
    if metric:
        lines += ["method: bayes  # learns from the runs so far; grid and random are the others"]
        lines += [write_yaml({"metric": {"name": metric[0], "goal": metric[1]}}).rstrip()]
    else:
        lines += ["method: random  # no run has logged a number, so there is nothing to search for yet"]
        lines += ["# metric: {name: loss, goal: minimize}"]
    lines += ["# run_cap: 50  # without it the search goes on until you stop it", ""]
    if entries:
        lines.append(write_yaml({"parameters": _nested(entries)}).rstrip())
    else:
        lines += ["parameters:  # no setting was found to search, so this is an example"]
        lines += ["  lr: {distribution: log_uniform_values, min: 0.0001, max: 0.1}"]
    if left:
        names = ", ".join(write_flow(name).strip('"') for name in left[:_MOST_LISTED])
        lines += ["", f"# Left to the program: {names}{', ...' if len(left) > _MOST_LISTED else ''}"]
    return "\n".join(lines) + "\n"


def _nested(entries: Mapping[Path, dict[str, Any]]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path, entry in entries.items():
        node = tree
        for level in path[:-1]:
            node = node.setdefault(level, {}).setdefault("parameters", {})
        node.setdefault(path[-1], {}).update(entry)
    return tree
