"""Ax as the search of a sweep, through its client."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from besom.config import nest
from besom.config.model import SweepConfig
from besom.controller.engines.engine import Engine
from besom.controller.engines.info import SweepInfo, values_of
from besom.controller.engines.space import Choice, Form, flat, forms_of
from besom.controller.engines.user_file import UserFile
from besom.controller.failures import told_as
from besom.controller.runs import SweepRun
from besom.controller.source import Proposal
from besom.errors import BesomError, UsageError

if TYPE_CHECKING:
    from ax.api.client import Client

TRIAL = "trial"
CLIENT = "client"


class AxEngine(Engine[int]):
    """Asks a client, and tells it how the runs went.

    Args:
        config: The sweep's.
        info: The facts about it.
        file: The user's functions.
        token: Tells this client's trials from those of earlier ones.

    Raises:
        UsageError: the client does not fit the sweep, or Ax cannot search its parameters.
        BesomError: Ax is not installed.
        SearchFailed: the user's function raised.
    """

    package = "Ax"

    def __init__(self, config: SweepConfig, info: SweepInfo, file: UserFile, *, token: str) -> None:
        super().__init__(info)
        _require_package()
        self._token = token
        self._forms = {".".join(form.path): form for form in forms_of(config, "ax", conditions=False)}
        self._names = {metric.name: metric_name(metric.name) for metric in info.metrics}
        self._client, terminator = self._make_client(file)
        self._terminator = partial(terminator, self._client) if terminator else None
        self._free: dict[int, Proposal] = {}
        """What no run works on yet, by its trial."""

    def propose(self, runs: Sequence[SweepRun], count: int) -> list[Proposal] | None:  # noqa: ARG002
        """See ``Source.propose``: one at a time. A trial whose run never reached the server is proposed again."""
        from ax.exceptions.core import DataRequiredError, OptimizationComplete, SearchSpaceExhausted
        from ax.exceptions.generation_strategy import MaxParallelismReachedException

        if not self._free:
            try:
                with told_as("Ax"):
                    found = self._client.get_next_trials(max_trials=1)
            except BesomError as error:
                if isinstance(error.__cause__, OptimizationComplete | SearchSpaceExhausted):
                    return None
                if isinstance(error.__cause__, DataRequiredError | MaxParallelismReachedException):
                    return []
                raise
            if not found:
                return []
            for trial, options in found.items():
                self._free[trial] = self._proposal(trial, options)
        return [next(iter(self._free.values()))]

    def _stopping_rule(self) -> str | None:
        strategy = getattr(self._client, "_maybe_early_stopping_strategy", None)
        return None if strategy is None else type(strategy).__name__

    def _report(self, trial: int, value: float, step: int) -> None:
        (name,) = self._names.values()
        self._client.attach_data(trial, {name: value}, progression=step)

    def _is_hopeless(self, trial: int) -> bool:
        return bool(self._client.should_stop_trial_early(trial))

    def _abandon(self, trial: int) -> None:
        self._client.mark_trial_abandoned(trial)

    def _make_client(self, file: UserFile) -> tuple[Client, Callable[[Any], Any] | None]:
        from ax.api.client import Client

        info = self._info
        if file.optimizer is None:
            client = Client(random_seed=info.seed)
            client.configure_experiment([_parameter(name, form) for name, form in self._forms.items()], name=info.id)
            signs = {"minimize": "-", "maximize": ""}
            client.configure_optimization(
                ", ".join(f"{signs[metric.goal]}{self._names[metric.name]}" for metric in info.metrics)
            )
            return client, None
        with told_as("The optimizer function"):
            made = file.optimizer(info)
        client, terminator = made if isinstance(made, tuple) else (made, None)
        if not isinstance(client, Client):
            raise UsageError(
                f"The optimizer function returned {made!r}.",
                "Return an ax.api.client.Client, alone or in a pair with a terminator function.",
            )
        self._check_goals(client)
        return client, terminator

    def _check_goals(self, client: Client) -> None:
        """Refuses a client whose objectives are not the sweep's."""
        wanted: dict[str, str] = {self._names[metric.name]: metric.goal for metric in self._info.metrics}
        found = _goals(client)
        if found != wanted:
            raise UsageError(
                f"The client optimises {_goals_text(found)}, but the sweep says {_goals_text(wanted)}.",
                "Configure the client's objective with the sweep's metrics: names with _ for what is no letter, digit "
                "or _; a minus before those to be minimised.",
            )

    def _proposal(self, trial: int, options: Any) -> Proposal:
        values = {form.path: form.value(options[name]) for name, form in self._forms.items() if name in options}
        node = self._client._experiment.trials[trial].generator_runs[0]._generation_node_name or "generator"
        why = {"method": "ax", "kind": "engine", TRIAL: trial, CLIENT: self._token}
        return Proposal(nest(values), {**why, "reason": f"chosen by Ax's {node} as trial {trial}"})

    def _hear(self, run: SweepRun) -> None:
        if run.id not in self._bound:
            trial = run.why.get(TRIAL) if run.why.get(CLIENT) == self._token else None
            if trial is not None:
                self._free.pop(trial, None)
            else:
                trial = self._adopt(run)
            if trial is None:
                self._known.add(run.id)
                return
            self._bound[run.id] = trial
        if run.has_ended:
            self._tell(self._bound.pop(run.id), run)
            self._known.add(run.id)

    def _adopt(self, run: SweepRun) -> int | None:
        """The new trial of a run that this client did not ask for; None where its values do not fit."""
        values = flat(run.config, [form.path for form in self._forms.values()])
        if values.keys() != self._forms.keys():
            return None
        try:
            options = {name: self._forms[name].option(value) for name, value in values.items()}
            return int(self._client.attach_trial(options))
        except ValueError:
            return None

    def _tell(self, trial: int, run: SweepRun) -> None:
        values = values_of(run, self._info.metrics)
        data = dict(zip(self._names.values(), values, strict=True)) if values else None
        if run.state == "finished" and data is not None:
            self._client.complete_trial(trial, raw_data=data)
        elif run.message.stopped is not None and data is not None:
            self._client.attach_data(trial, data, progression=max(1, len(run.curve(self._info.metrics[0].name))))
            self._client.mark_trial_early_stopped(trial)
        else:
            self._client.mark_trial_failed(trial, failed_reason=run.message.reason or run.state)


def metric_name(name: str) -> str:
    """A metric's name in Ax's formulas: what is no letter, digit or ``_`` becomes ``_``."""
    plain = re.sub(r"\W", "_", name)
    return plain if plain.isidentifier() else f"_{plain}"


def _parameter(name: str, form: Form) -> Any:
    from ax.api.configs import ChoiceParameterConfig, RangeParameterConfig

    if not isinstance(form, Choice):
        kind = "int" if form.integer else "float"
        scaling = "log" if form.log else "linear"
        step = form.step if form.step != 1 or not form.integer else None
        bounds = (form.low, form.high)
        return RangeParameterConfig(name=name, bounds=bounds, parameter_type=kind, step_size=step, scaling=scaling)
    kinds = {"str" if isinstance(v, list | dict) else type(v).__name__ for v in form.values}
    if kinds - {"bool", "int", "float", "str"} or len(kinds) > 1:
        raise UsageError(
            f"The engine ax cannot search `{name}`: its values are of several kinds ({', '.join(sorted(kinds))}).",
            "Write them all as text, or all as numbers with a point; null is no value there.",
        )
    (kind,) = kinds
    ordered = None if kind in ("int", "float") else False
    return ChoiceParameterConfig(name=name, values=form.options, parameter_type=kind, is_ordered=ordered)


def _goals(client: Client) -> dict[str, str]:
    """Goal by metric, of a client's optimisation."""
    config = client._experiment.optimization_config
    if config is None:
        return {}
    objective = config.objective
    weights = objective.metric_weights
    return {name: "maximize" if weight > 0 else "minimize" for name, weight in weights}


def _goals_text(goals: dict[str, str]) -> str:
    return ", ".join(f"{goal} {name}" for name, goal in goals.items()) or "nothing"


def _require_package() -> None:
    try:
        import ax.api.client  # noqa: F401  late: slow to load, and an extra
    except ModuleNotFoundError:
        raise BesomError("The sweep's engine is Ax, which is not installed.", "pip install 'besom[ax]'") from None
