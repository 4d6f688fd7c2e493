"""What makes a point worth running: the logarithm of expected improvement."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from besom.search.scale import Array

_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)
_HALF_LOG_HALF_PI = 0.5 * math.log(math.pi / 2.0)


def log_expected_improvement(mean: Array, sd: Array, incumbent: float) -> Array:
    """log E[max(incumbent - f, 0)] of normal predictions; exact far into the tail (Ament et al. 2023, eq. 9)."""
    z = (incumbent - mean) / sd
    near = np.maximum(z, -1.0)
    far = np.clip(z, -1e6, -1.0)
    pdf = np.exp(-0.5 * near * near - _HALF_LOG_2PI)
    log_near = np.log(pdf + near * special.ndtr(near))
    ratio = np.log(special.erfcx(-far / math.sqrt(2.0)) * -far) + _HALF_LOG_HALF_PI
    shortfall = np.log(-np.expm1(np.minimum(ratio, -1e-300)))
    shortfall = np.where(far < -1e3, -2.0 * np.log(-far), shortfall)  # there the difference is lost to rounding
    log_far = -0.5 * far * far - _HALF_LOG_2PI + shortfall
    return np.log(sd) + np.where(z > -1.0, log_near, log_far)
