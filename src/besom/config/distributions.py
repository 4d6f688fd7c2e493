"""The distributions a parameter can have: which keys each takes, and what the keys must satisfy."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from besom.config.choices import categorical, constant
from besom.config.entry import Entry, Number, is_finite
from besom.config.model import (
    Beta,
    Distribution,
    IntUniform,
    LogNormal,
    LogUniform,
    Normal,
    Uniform,
)

_GRID_TOLERANCE = 1e-9
_LARGEST_EXPONENT = 709.0
"""exp() of more overflows a float."""
_LARGEST_EXACT = 2**53
"""Floats, with which a search computes, pass over whole numbers beyond."""
_LIKELY_EXPONENT = 50.0
_TAIL = 9.0
"""Standard deviations within which every draw lies, for practical purposes."""

Build = Callable[[Entry], Distribution | None]


@dataclass(frozen=True, slots=True)
class Form:
    """A way to describe a parameter: the keys it needs, those it may have, and how they become a distribution."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    build: Build


def _int_uniform(entry: Entry) -> Distribution | None:
    low, high = entry.integer("min"), entry.integer("max")
    if low is None or high is None or not _ordered(entry, low, high):
        return None
    if max(abs(low), abs(high)) > _LARGEST_EXACT >= high - low:
        entry.error(
            "max",
            "Beyond 2^53 a search does not tell whole numbers apart that lie next to each other.",
            f"write `min: 0` and `max: {high - low}`, and add {low} in your program.",
        )
        return None
    return IntUniform(low, high)


def _bounds(entry: Entry) -> tuple[float, float] | None:
    low, high = entry.number("min"), entry.number("max")
    if low is None or high is None or not _ordered(entry, float(low), float(high)):
        return None
    return float(low), float(high)


def _ordered(entry: Entry, low: Number, high: Number) -> bool:
    if low < high:
        if is_finite(float(high) - float(low)):
            return True
        entry.error("max", "The range from `min` to `max` is too wide for a floating-point number.", "narrow it.")
    elif low == high:
        entry.error(
            "max",
            "`min` must be less than `max`, but they are equal.",
            f"write `value: {entry.data['min']}` for a constant.",
        )
    else:
        entry.error("max", f"`min` must be less than `max`, but min is {entry.data['min']}.", "swap the two.")
    return False


def _step(entry: Entry, quantised: bool) -> tuple[bool, Number | None]:
    """Return (usable, q). The default q of 1.0 is a float, so that values are floats unless q is written as an int."""
    if not quantised:
        return True, None
    if "q" not in entry.data:
        return True, 1.0
    q = entry.number("q")
    if q is None:
        return False, None
    if q <= 0:
        entry.error("q", "`q`, the step between values, must be greater than 0.", "write, for example, `q: 1`.")
        return False, None
    return True, q


def _holds_a_multiple(entry: Entry, low: float, high: float, q: Number | None) -> bool:
    if q is None:
        return True
    first = low / q
    last = high / q
    slack = _GRID_TOLERANCE * max(1.0, abs(first), abs(last))
    if not is_finite(last - first) or math.ceil(first - slack) <= math.floor(last + slack):
        return True
    rule = f"No multiple of q = {q:g} lies between {low:g} and {high:g}."
    fix = "make `q` smaller than the range."
    if "q" in entry.data:
        entry.error("q", rule, fix)
    else:
        entry.report.error(entry.path, f"{rule} (`q` is 1.0 when it is not given.)", fix)
    return False


def _uniform(entry: Entry, quantised: bool = False) -> Distribution | None:
    bounds = _bounds(entry)
    usable, q = _step(entry, quantised)
    if bounds is None or not usable or not _holds_a_multiple(entry, *bounds, q):
        return None
    return Uniform(*bounds, q)


def _log_uniform_values(entry: Entry, quantised: bool = False, inverse: bool = False) -> Distribution | None:
    bounds = _bounds(entry)
    usable, q = _step(entry, quantised)
    if bounds is None:
        return None
    if bounds[0] <= 0:
        entry.error(
            "min",
            "`min` must be greater than 0, since a logarithm is taken.",
            "write a small positive number, or use `distribution: uniform`.",
        )
        return None
    if not usable or not _holds_a_multiple(entry, *bounds, q):
        return None
    if inverse:
        entry.warn(
            "distribution",
            "This draws exactly as `log_uniform_values` does: not closer to `max`.",
            "for more values close to 1, search over 1 - x with `log_uniform_values`.",
        )
    return LogUniform(*bounds, q)


def _log_uniform(entry: Entry, quantised: bool = False, inverse: bool = False) -> Distribution | None:
    exponents = _bounds(entry)
    usable, q = _step(entry, quantised)
    if exponents is None or not usable:
        return None
    name = entry.data["distribution"]
    low, high = (-exponents[1], -exponents[0]) if inverse else exponents
    meaning = "of 1/x to base e" if inverse else "to base e"
    advice = f"if you meant the values themselves, write `distribution: {name}_values`."
    if high > _LARGEST_EXPONENT or low < -_LARGEST_EXPONENT + 1:
        key = "max" if (high > _LARGEST_EXPONENT) != inverse else "min"
        entry.error(
            key,
            f"`{name}` takes exponents {meaning}, and exp({high if high > 709 else low:g}) is beyond what a "
            "floating-point number holds.",
            advice,
        )
        return None
    values = math.exp(low), math.exp(high)
    if not values[0] < values[1]:
        entry.error("max", "`min` and `max` are so close that they give the same value.", "move them apart.")
        return None
    if (exponents[0] > 0 and exponents[1] <= 1) or exponents[1] > _LIKELY_EXPONENT:
        entry.warn(
            "distribution",
            f"`min` and `max` are exponents {meaning} here, so values are drawn from "
            f"{values[0]:.6g} to {values[1]:.6g}.",
            advice,
        )
    return LogUniform(*values, q) if _holds_a_multiple(entry, *values, q) else None


def _mu_sigma(entry: Entry) -> tuple[float, float] | None:
    mu = entry.number("mu") if "mu" in entry.data else 0.0
    sigma = entry.number("sigma") if "sigma" in entry.data else 1.0
    if sigma is not None and sigma < 0:
        entry.error("sigma", "`sigma`, the standard deviation, must be at least 0.", f"write `sigma: {-sigma}`.")
        return None
    return None if mu is None or sigma is None else (float(mu), float(sigma))


def _normal(entry: Entry, quantised: bool = False) -> Distribution | None:
    moments = _mu_sigma(entry)
    usable, q = _step(entry, quantised)
    return None if moments is None or not usable else Normal(*moments, q)


def _log_normal(entry: Entry, quantised: bool = False) -> Distribution | None:
    moments = _mu_sigma(entry)
    usable, q = _step(entry, quantised)
    if moments is None or not usable:
        return None
    mu, sigma = moments
    if mu + _TAIL * sigma > _LARGEST_EXPONENT:
        key = "mu" if mu > _TAIL * sigma else "sigma"
        entry.error(
            key,
            "`mu` and `sigma` are those of ln x, and with these some values are too large for a number.",
            "give the mean and standard deviation of the logarithm.",
        )
        return None
    return LogNormal(mu, sigma, q)


def _beta(entry: Entry, quantised: bool = False) -> Distribution | None:
    shapes: list[float] = []
    for key in ("a", "b"):
        number = entry.number(key) if key in entry.data else 1.0
        if number is not None and number <= 0:
            entry.error(key, f"`{key}` must be greater than 0.", f"write, for example, `{key}: 1`.")
        elif number is not None:
            shapes.append(float(number))
    usable, q = _step(entry, quantised)
    return Beta(shapes[0], shapes[1], q) if len(shapes) == 2 and usable else None


def _family(
    name: str, required: tuple[str, ...], optional: tuple[str, ...], build: Callable[..., Distribution | None]
) -> dict[str, Form]:
    """A continuous distribution and its quantised variant, ``q_<name>``."""
    return {
        name: Form(required, optional, build),
        f"q_{name}": Form(required, (*optional, "q"), partial(build, quantised=True)),
    }


_RANGE = ("min", "max")

FORMS: dict[str, Form] = {
    "constant": Form(("value",), (), constant),
    "categorical": Form(("values",), ("probabilities",), categorical),
    "categorical_w_probabilities": Form(("values", "probabilities"), (), categorical),
    "int_uniform": Form(_RANGE, (), _int_uniform),
    **_family("uniform", _RANGE, (), _uniform),
    **_family("log_uniform", _RANGE, (), _log_uniform),
    **_family("log_uniform_values", _RANGE, (), _log_uniform_values),
    "inv_log_uniform": Form(_RANGE, (), partial(_log_uniform, inverse=True)),
    "inv_log_uniform_values": Form(_RANGE, (), partial(_log_uniform_values, inverse=True)),
    **_family("normal", (), ("mu", "sigma"), _normal),
    **_family("log_normal", (), ("mu", "sigma"), _log_normal),
    **_family("beta", (), ("a", "b"), _beta),
}
"""Every distribution by the name a user writes."""
