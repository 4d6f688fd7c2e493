"""Checks ``zip``: lists of values that advance together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from besom.config.expressions import ExpressionError
from besom.config.model import Categorical, Parameter
from besom.config.model import Path as ParameterPath
from besom.config.problem import Path
from besom.config.report import Report
from besom.config.scope import Scope

_EXAMPLE = "write `zip: [[model, tokenizer]]`, with the names of parameters that have equally long `values`."


def check_zips(block: Any, scope: Scope, report: Report) -> tuple[tuple[ParameterPath, ...], ...]:
    """The groups of paths whose values are paired; what is wrong with them is reported."""
    path: Path = ("zip",)
    if block is None:
        return ()
    if not isinstance(block, list):
        report.error(path, "`zip` is a list of lists of names.", _EXAMPLE, block)
        return ()
    if block and all(isinstance(item, str) for item in block):
        report.error(path, "`zip` is a list of lists of names, but here it is one list.", "put it in brackets.", block)
        return ()
    zips = [_check_zip(item, (*path, number), scope, report) for number, item in enumerate(block)]
    seen: set[ParameterPath] = set()
    for number, paths in enumerate(zips):
        if twice := [path for path in paths if path in seen]:
            rule = f"`{'.'.join(twice[0])}` is in a list before; a parameter can be in one."
            report.error((*path, number), rule, "join the two lists, or remove it from one.", block[number])
        seen.update(paths)
    return tuple(paths for paths in zips if paths)


def _check_zip(names: Any, path: Path, scope: Scope, report: Report) -> tuple[ParameterPath, ...]:
    if (
        not isinstance(names, list)
        or not all(isinstance(name, str) for name in names)
        or len(set(names)) < max(2, len(names))
    ):
        report.error(path, "This must be a list of at least two different names.", _EXAMPLE, names)
        return ()
    try:
        found = [scope.find(name) for name in names]
    except ExpressionError as error:
        report.error(path, str(error), error.fix, names)
        return ()
    paired = [parameter for parameter in found if parameter is not None]
    fit = [_can_be_paired(parameter, path, report) for parameter in paired]
    if len(paired) < len(found) or not all(fit):
        return ()
    lengths = {parameter.name: _length(parameter) for parameter in paired}
    if len(set(lengths.values())) > 1:
        counts = ", ".join(f"`{name}` has {length}" for name, length in lengths.items())
        report.error(path, f"Paired parameters need equally many values, but {counts}.", "complete the lists.", names)
        return ()
    return tuple(parameter.path for parameter in paired)


def _can_be_paired(parameter: Parameter, path: Path, report: Report) -> bool:
    match parameter.distribution:
        case Categorical(probabilities=None) if not parameter.when:
            return True
        case Categorical(probabilities=None):
            report.error(path, f"`{parameter.name}` has a `when`, which a paired parameter cannot have.", "remove it.")
        case Categorical():
            report.error(
                path, f"`{parameter.name}` has probabilities, which paired values cannot have.", "remove them."
            )
        case _:
            rule = f"`{parameter.name}` has no list of `values`, so nothing can be paired with it."
            report.error(path, rule, f"give `{parameter.name}` a list of `values`.")
    return False


def _length(parameter: Parameter) -> int:
    match parameter.distribution:
        case Categorical(values):
            return len(values)
    raise TypeError(f"{parameter.name} has no list of values")


def paired_rows(paths: Sequence[ParameterPath], parameters: Sequence[Parameter]) -> list[tuple[Any, ...]]:
    """The combinations that paired parameters take, in the order of their lists; one element for each path."""
    by_path = {parameter.path: parameter.distribution for parameter in parameters}
    columns = [found.values for found in map(by_path.__getitem__, paths) if isinstance(found, Categorical)]
    return list(zip(*columns, strict=True))
