"""What a sweep would do, without doing it: how many runs it will have, their parameters, and the first of them."""

from __future__ import annotations

from besom.config.budget import describe as describe_budget
from besom.config.conditions import describe as describe_condition
from besom.config.describe import listed, pairs
from besom.config.model import Parameter, SweepConfig
from besom.config.retries import describe as describe_retry
from besom.search.grid import Grid
from besom.search.memory import Memory
from besom.search.observation import Trial
from besom.search.point import Values
from besom.search.suggest import suggest


def headline(config: SweepConfig) -> str:
    """Method and goal, e.g. ``bayes search, minimize loss``."""
    return f"{config.method} search{_goal(config)}"


def run_count(config: SweepConfig, memory: Memory) -> str:
    """How many runs the sweep will have, and why."""
    if config.method == "grid":
        return _grid_count(config, memory.grid_of(config))
    if config.run_cap is None:
        ends = describe_budget(config.budget) if config.budget else ""
        return f"it ends {ends}" if ends else "no end by itself; limit them with run_cap, or stop the sweep"
    return f"at most {config.run_cap:,} ({config.cap_key})"


def _grid_count(config: SweepConfig, grid: Grid) -> str:
    capped = config.run_cap is not None and config.run_cap < grid.size
    if grid.times > 1:
        product = f"{_number(grid.configurations, 'configuration')} x {grid.times} repeats"
        return (
            f"{config.run_cap:,} of {grid.size:,} ({config.cap_key}; {product})"
            if capped
            else f"{grid.size:,} ({product})"
        )
    if capped:
        return f"{config.run_cap:,} of {_number(grid.size, 'grid point')} ({config.cap_key})"
    return f"{grid.size:,} (every grid point once)"


def rules(config: SweepConfig) -> list[tuple[str, str]]:
    """What goes for combinations of parameters and for repeats, each with a word that says which it is."""
    found = [("Paired", pairs(paths, config)) for paths in config.zips]
    found += [("Never", describe_condition(condition)) for condition in config.forbid]
    if config.repeat:
        upto = "up to " if config.method == "bayes" else ""
        times = f"each configuration {upto}{config.repeat.times} times"
        if config.repeat.parameter:
            times += f", with {'.'.join(config.repeat.parameter)} = {listed(config.repeat.values)}"
        found.append(("Repeats", times))
    if config.retry:
        found.append(("Tried again", describe_retry(config.retry)))
    if config.budget and (ends := describe_budget(config.budget)):
        found.append(("Ends", ends))
    return found


def searched(config: SweepConfig) -> list[Parameter]:
    """The parameters without the one that counts repeats."""
    counted = config.repeat.parameter if config.repeat else None
    return [parameter for parameter in config.parameters if parameter.path != counted]


def draw(config: SweepConfig, count: int, memory: Memory) -> list[Values]:
    """The first runs: those of ``start_with``, then a grid's own or, elsewhere, an example that is always the same."""
    repeat = config.repeat
    given = [repeat.numbered(values, 0) if repeat else values for values in config.start_with[:count]]
    if config.method == "custom" or len(given) == count:
        return given
    waiting = [Trial(values, "pending") for values in given]
    found = suggest(config, waiting, index=0, count=count - len(given), seed=0, warm=memory)
    return [*given, *(suggestion.values for suggestion in found)]


def order_is_known(config: SweepConfig) -> bool:
    """Whether ``draw`` gives the very first runs of the sweep, and not examples."""
    return config.seed is not None or (config.method == "grid" and config.grid_order == "sorted")


def _goal(config: SweepConfig) -> str:
    if config.metric is None:
        return ""
    target = f" until {config.metric.target:g}" if config.metric.target is not None else ""
    use = {"best": "", "last": " (its last value)", "mean_last": f" (mean of the last {config.metric.window})"}
    return f", {config.metric.goal} {config.metric.name}{use[config.metric.use]}{target}"


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")
