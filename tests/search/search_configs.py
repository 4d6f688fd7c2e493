"""Short ways to write search configurations in tests."""

from besom.config.model import Distribution, Metric, Parameter, SweepConfig
from besom.search.point import Path


def parameters(**distributions: Distribution) -> tuple[Parameter, ...]:
    """Leaves sorted by name; a double underscore in a name is a level of nesting."""
    leaves = [Parameter(path(name), dist, type(dist).__name__) for name, dist in distributions.items()]
    return tuple(sorted(leaves, key=lambda leaf: leaf.name))


def path(name: str) -> Path:
    return tuple(name.split("__"))


def config(method: str, metric: Metric | None = None, **distributions: Distribution) -> SweepConfig:
    return SweepConfig(method=method, parameters=parameters(**distributions), metric=metric or Metric("loss"))


def flat(values: dict[Path, object]) -> dict[str, object]:
    return {".".join(path): value for path, value in values.items()}
