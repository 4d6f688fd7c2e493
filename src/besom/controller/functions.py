"""A search that is a function of the user."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from besom.controller.failures import SearchFailed, told_as
from besom.controller.runs import SweepRun
from besom.controller.source import Proposal, Rule, Source, Stopping
from besom.errors import UsageError

SearchFunction = Callable[[dict[str, Any], list[SweepRun]], Any]
"""(configuration, runs) to the next run's values; None for no more, an empty mapping for none at the moment."""
StoppingFunction = Callable[[dict[str, Any], list[SweepRun]], Iterable[SweepRun | str]]
"""(configuration, runs) to the runs to stop, or their ids."""


def load_function(spec: str, folder: Path) -> SearchFunction:
    """The function that ``module:function`` names; the module is looked for in ``folder`` first.

    Raises:
        UsageError: there is no such module or function.
        SearchFailed: the module raised while it was loaded.
    """
    name, _, attribute = spec.partition(":")
    make_importable(folder)
    with told_as(f"The module {name} of `search: {spec}`"):
        if importlib.util.find_spec(name.partition(".")[0]) is None:
            raise UsageError(
                f"`search: {spec}` names the module {name}, which is not in {folder} and is not installed.",
                f"Start besom where {name.replace('.', '/')}.py is.",
            )
        found: Any = importlib.import_module(name)
        for part in attribute.split("."):
            found = getattr(found, part, None)
    if not callable(found):
        raise UsageError(
            f"`search: {spec}`: the module {name} has no function {attribute!r}.",
            "Define it with two arguments, (config, runs), and let it return a dict of values.",
        )
    function: SearchFunction = found
    return function


def make_importable(folder: Path) -> None:
    """Lets modules in ``folder`` be imported, now and by functions that import later."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    importlib.invalidate_caches()


class OwnFunction(Source):
    """Asks a function of (configuration, runs).

    Args:
        function: See ``SearchFunction``.
        config: The sweep's configuration as a mapping, handed to the function each time.
        name: Of the function, for messages.
    """

    def __init__(self, function: SearchFunction, config: Mapping[str, Any], name: str | None = None) -> None:
        self._function = function
        self._config = config
        self._name = name or getattr(function, "__qualname__", None) or repr(function)

    def propose(self, runs: Sequence[SweepRun], count: int) -> list[Proposal] | None:  # noqa: ARG002
        """See ``Source.propose``: one at a time.

        Raises:
            SearchFailed: the function raised, or gave no configuration.
        """
        with told_as(f"The search function {self._name}"):
            answer = self._function(dict(self._config), list(runs))
        if answer is None:
            return None
        why = getattr(answer, "why", None) or getattr(answer, "search_info", None) or {}
        values = answer if isinstance(answer, Mapping) else getattr(answer, "config", None)
        if not isinstance(values, Mapping):
            raise SearchFailed(
                f"The search function {self._name} returned {answer!r}, which is no configuration.",
                "Return a dict of values by parameter; None when there is nothing more to run.",
            )
        if not values:
            return []
        known = {"kind": "controller", "reason": f"chosen by the function {self._name}", "function": self._name}
        return [Proposal(_plain(values, self._config.get("parameters") or {}), {**known, **why})]


def stopping_with(function: StoppingFunction, config: Mapping[str, Any]) -> Rule:
    """Asks a function of the user which runs to stop.

    Raises:
        SearchFailed: by what is returned; the function raised, or named a run that the sweep does not have.
    """
    name = getattr(function, "__qualname__", None) or repr(function)

    def hopeless(runs: Sequence[SweepRun]) -> list[Stopping]:
        with told_as(f"The stopping function {name}"):
            answer = list(function(dict(config), list(runs)) or ())
        known = {run.id: run for run in runs}
        ids = [found if isinstance(found, str) else getattr(found, "id", None) for found in answer]
        for found, run_id in zip(answer, ids, strict=True):
            if run_id not in known:
                raise SearchFailed(
                    f"The stopping function {name} named {found!r}, which is no run of the sweep.",
                    "Return a list of the runs that it was given, or of their ids.",
                )
        return [Stopping(known[run_id], f"stopped by {name}") for run_id in ids if run_id is not None]

    return hopeless


def _plain(values: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they are; ``{"lr": {"value": 0.1}}``, the form of W&B's own search functions, is understood too."""

    def is_wrapped(name: str, value: Any) -> bool:
        group = (parameters.get(name) or {}).get("parameters") or {}
        return isinstance(value, Mapping) and value.keys() == {"value"} and "value" not in group

    if all(is_wrapped(name, value) for name, value in values.items()):
        return {name: value["value"] for name, value in values.items()}
    return dict(values)
