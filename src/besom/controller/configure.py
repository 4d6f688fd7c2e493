"""A sweep configuration that is put together step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from besom.errors import UsageError


class Configuration:
    """Collects what ``configure_...`` says, as a mapping in the form of a sweep file."""

    def __init__(self) -> None:
        self._config: dict[str, Any] = {}
        self._started = False

    def configure(self, config: Mapping[str, Any] | str) -> None:
        """Sets everything at once.

        Args:
            config: A mapping, or YAML text.

        Raises:
            UsageError: something was configured before, or the sweep has been created.
            ConfigError: the text is no YAML.
        """
        self._refuse_if_started()
        if self._config:
            raise UsageError(
                f"configure() sets everything at once, and this was configured before: {', '.join(self._config)}.",
                "Call it first, or put everything into it.",
            )
        if isinstance(config, str):
            from besom.config.yaml_reader import read_yaml  # late: only this needs YAML

            config = read_yaml(config, source="configure()").data
        if not isinstance(config, Mapping):
            raise UsageError(f"configure() got {config!r}.", "Give it a mapping, or YAML text that holds one.")
        self._config = dict(config)

    def configure_metric(self, name: str, goal: str | None = None) -> None:
        """What is optimised; ``goal`` is ``minimize``, the default, or ``maximize``."""
        self._set("metric", {"name": name, **_given(goal=goal)})

    def configure_program(self, filename: str | Path) -> None:
        """The program that agents run.

        Raises:
            UsageError: it is a function; those are run by ``besom.agent``.
        """
        if callable(filename):
            raise UsageError(
                "configure_program() takes the name of a file, not a function.",
                "To run a function: besom.agent(sweep_id, function=...).",
            )
        self._set("program", str(filename))

    def configure_name(self, name: str) -> None:
        """What the sweep is called."""
        self._set("name", name)

    def configure_description(self, description: str) -> None:
        """Notes on the sweep."""
        self._set("description", description)

    def configure_controller(self, type: str) -> None:
        """Who searches: ``local``, this process, is what a controller is for."""
        self._set("controller", {"type": type})

    def configure_parameter(
        self,
        name: str,
        values: Sequence[Any] | None = None,
        value: Any = None,
        distribution: str | None = None,
        min: float | None = None,
        max: float | None = None,
        mu: float | None = None,
        sigma: float | None = None,
        q: float | None = None,
        a: float | None = None,
        b: float | None = None,
        *,
        probabilities: Sequence[float] | None = None,
        parameters: Mapping[str, Any] | None = None,
        when: Any = None,
        expr: str | None = None,
    ) -> None:
        """Adds a parameter; each argument is the key of that name in a sweep file. With only a name it is always None.

        Args:
            name: Of the parameter, or of the group with ``parameters``.
            values: A list to choose from.
            value: The only value.
            distribution: E.g. ``log_uniform_values``.
            min: Lower bound.
            max: Upper bound.
            mu: Mean of a normal distribution.
            sigma: Its standard deviation.
            q: Step.
            a: Of a beta distribution.
            b: Likewise.
            probabilities: Of ``values``.
            parameters: Of a group, by name.
            when: Where it exists.
            expr: The formula of a derived value.
        """
        self._refuse_if_started()
        keys = _given(
            values=None if values is None else list(values),
            value=value,
            distribution=distribution,
            min=min,
            max=max,
            mu=mu,
            sigma=sigma,
            q=q,
            a=a,
            b=b,
            probabilities=None if probabilities is None else list(probabilities),
            parameters=None if parameters is None else dict(parameters),
            expr=expr,
        )
        known = self._config.setdefault("parameters", {})
        known[name] = {**(keys or {"value": None}), **_given(when=when)}

    def _set_search(self, search: str | Callable[..., Any]) -> None:
        self._set("method", search if isinstance(search, str) else "custom")

    def _set_stopping(self, rule: Mapping[str, Any]) -> None:
        self._set("early_terminate", dict(rule))

    def _set(self, key: str, value: Any) -> None:
        self._refuse_if_started()
        self._config[key] = value

    def _refuse_if_started(self) -> None:
        if self._started:
            raise UsageError("The sweep has been created; its configuration is fixed.", "Configure it before create().")


def _given(**keys: Any) -> dict[str, Any]:
    return {key: value for key, value in keys.items() if value is not None}
