"""Arrays as 8-bit pixels."""

from __future__ import annotations

from typing import Any

from besom.errors import UsageError
from besom.sdk.media.base import to_numpy


def pixels_of(value: Any, *, normalize: bool = True) -> Any:
    """An array of numbers as a NumPy array (height, width, channels) of 8 bits without sign.

    Shapes: (height, width); (height, width, channels) for NumPy and the like; (channels, height, width) for PyTorch.
    There are 1 to 4 channels.

    Numbers: 8 bits without sign and booleans are taken as they are. Other numbers are stretched to 0..255: from 0..1
    where all lie in it, else from -1..1, else taken as 0..255 where they lie in it, else from their own minimum and
    maximum. Without ``normalize`` they are taken as 0..255 and cut off there. NaN is black.

    Raises:
        UsageError: another shape, no pixels, or no numbers.
    """
    channels_first = type(value).__module__.partition(".")[0] == "torch"
    array = to_numpy(value)
    shape = array.shape
    while array.ndim > 3 and array.shape[0] == 1:  # a batch of one
        array = array[0]
    if array.ndim == 2:
        array = array[:, :, None]
    elif array.ndim == 3 and channels_first:
        array = array.transpose(1, 2, 0)
    if array.ndim != 3 or not 1 <= array.shape[2] <= 4 or 0 in array.shape:
        wanted = "(channels, height, width)" if channels_first else "(height, width, channels)"
        raise UsageError(
            f"An image was given an array of shape {tuple(shape)}.",
            f"It should be (height, width) or {wanted}, with 1 to 4 channels; log a list for several images.",
        )
    if array.dtype.kind not in "buif":
        raise UsageError(f"An image was given an array of {array.dtype}, which are not numbers to draw.")
    return _eight_bits(array, normalize)


def _eight_bits(array: Any, normalize: bool) -> Any:
    import numpy as np  # late: as in `to_numpy`

    if array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    if array.dtype == bool:
        return array.astype(np.uint8) * 255
    values = array.astype(np.float64)
    finite = values[np.isfinite(values)]
    low, high = _range(float(finite.min()), float(finite.max())) if normalize and finite.size else (0.0, 255.0)
    scaled = (values - low) * (255.0 / ((high - low) or 1.0))
    return np.nan_to_num(scaled.clip(0, 255)).round().astype(np.uint8)


def _range(low: float, high: float) -> tuple[float, float]:
    """Which numbers black and white are."""
    for black, white in ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0)):
        if black <= low and high <= white:
            return black, white
    return low, high
