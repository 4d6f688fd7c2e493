"""Hypothesis strategies for distributions and whole search spaces, as the configuration reader would make them."""

import math

from hypothesis import strategies as st

from besom.config.model import (
    Beta,
    Categorical,
    Condition,
    Derived,
    Expression,
    IntUniform,
    LogNormal,
    LogUniform,
    Metric,
    Normal,
    Parameter,
    SweepConfig,
    Uniform,
)

scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-4, 4) | st.text("ab0", max_size=2)
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=2)
)
steps = st.none() | st.sampled_from([1, 2, 5, 0.1, 0.25, 1.0])


@st.composite
def categoricals(draw):
    values = draw(st.lists(json_values, min_size=1, max_size=5))
    if draw(st.booleans()):
        return Categorical(tuple(values))
    weights = [draw(st.integers(0, 5)) for _ in values]
    weights[0] += 1
    return Categorical(tuple(values), tuple(weight / sum(weights) for weight in weights))


@st.composite
def ranges(draw):
    kind = draw(st.sampled_from([Uniform, LogUniform, IntUniform]))
    if kind is IntUniform:
        low = draw(st.integers(-1000, 1000))
        return IntUniform(low, low + draw(st.integers(1, 2000)))
    low = draw(st.floats(1e-6, 100) if kind is LogUniform else st.floats(-100, 100))
    high = low + draw(st.floats(1e-3, 1e4))
    q = draw(steps)
    return kind(low, high, q if q is not None and math.ceil(low / q) * q <= high else None)


@st.composite
def bells(draw):
    kind = draw(st.sampled_from([Normal, LogNormal]))
    sigma = draw(st.just(0.0) | st.floats(1e-6, 3))  # a smaller one is lost beside mu: all draws would be the same
    return kind(draw(st.floats(-5, 5)), sigma, draw(steps))


betas = st.builds(Beta, st.floats(0.5, 6), st.floats(0.5, 6), steps)
distributions = st.one_of(categoricals(), ranges(), bells(), betas)
finite_distributions = st.one_of(
    st.lists(json_values, min_size=1, max_size=4).map(lambda values: Categorical(tuple(values))),
    st.integers(-3, 3).map(lambda low: IntUniform(low, low + 2)),
    st.just(Uniform(0.0, 1.0, 0.5)),
)


@st.composite
def spaces(draw, leaves=distributions, max_size=5):
    """Parameters of a configuration, some of them nested in a group."""
    found = draw(st.lists(leaves, min_size=1, max_size=max_size))
    paths = [("group", f"p{i}") if draw(st.booleans()) else (f"p{i}",) for i in range(len(found))]
    leaves = [Parameter(path, leaf, type(leaf).__name__) for path, leaf in zip(paths, found, strict=True)]
    return tuple(sorted(leaves, key=lambda leaf: leaf.name))


@st.composite
def conditional_configs(draw, leaves=finite_distributions, method="random"):
    """Configurations with conditions, derived values, forbidden combinations and a zip, over few parameters.

    Parents come before or after their children in the order of names.
    """
    number = draw(st.integers(2, 5))
    names = draw(st.permutations([f"p{i}" for i in range(number)]))
    paths = [("group", name) if draw(st.booleans()) else (name,) for name in names]
    found: list[Parameter] = []
    zips = ()
    if number >= 4 and draw(st.booleans()):
        zips = (tuple(paths[:2]),)
        lists = draw(st.lists(st.tuples(scalars, scalars), min_size=1, max_size=4))
        found = [
            Parameter(path, Categorical(values), "values")
            for path, values in zip(paths, zip(*lists, strict=True), strict=False)
        ]
    for path in paths[len(found) :]:
        when = tuple(draw(conditions(found)) for _ in range(draw(st.integers(0, 2) if found else st.just(0))))
        if found and draw(st.integers(0, 3)) == 0:
            text, used = draw(formulas(found, ("{} + 1", "2 * {}", "6 / {}", "{} == 1", "max({}, 1)")))
            found.append(Parameter(path, Derived(Expression(text, used)), "expr", when))
        else:
            leaf = draw(leaves)
            found.append(Parameter(path, leaf, type(leaf).__name__, when))
    forbid = tuple(draw(st.lists(conditions(found), max_size=2)))
    return SweepConfig(
        method=method,
        parameters=tuple(sorted(found, key=lambda leaf: leaf.name)),
        metric=Metric("loss"),
        forbid=forbid,
        zips=zips,
    )


@st.composite
def conditions(draw, known):
    """What may hold of some of the known parameters: values of one or two, a formula, or both."""
    kind = draw(st.sampled_from(["values", "values", "formula", "both"]))
    allowed = ()
    if kind != "formula":
        parents = draw(st.lists(st.sampled_from(known), min_size=1, max_size=2, unique_by=lambda p: p.path))
        allowed = tuple((parent.path, tuple(draw(st.lists(values_of(parent), min_size=1)))) for parent in parents)
    if kind == "values":
        return Condition(allowed)
    text, used = draw(formulas(known, ("{} > 0", "{} <= 1", "{} != 2", "1 / {} > 0", "{} in [0, 1]")))
    return Condition(allowed, Expression(text, used))


def values_of(parameter):
    """Values that a parameter takes; for a derived one, values that it may take."""
    match parameter.distribution:
        case Categorical(values):
            return st.sampled_from(values)
        case IntUniform(low, high):
            return st.integers(low, high)
        case Uniform():
            return st.sampled_from([0.0, 0.5, 1.0])
    return st.integers(0, 3)


@st.composite
def formulas(draw, known, texts):
    parameter = draw(st.sampled_from(known))
    return draw(st.sampled_from(texts)).format(parameter.name), (parameter.path,)
