"""``besom.Audio``."""

from __future__ import annotations

import io
import os
import sys
import wave
from array import array
from pathlib import Path
from typing import Any

from besom.errors import UsageError
from besom.sdk.media.base import FileMedia, is_array, read, to_numpy

_FORMATS = ("wav", "mp3", "ogg", "flac", "m4a", "opus", "webm")


class Audio(FileMedia):
    """A sound."""

    kind = "audio"
    folder = "audio"

    def __init__(self, data_or_path: Any, sample_rate: int | None = None, caption: str | None = None) -> None:
        """Takes the sound as it is now.

        Args:
            data_or_path: path of a sound file, or samples: (n,) or (n, channels), from -1 to 1, or whole numbers of 16
                bits. What lies beyond is cut off.
            sample_rate: samples per second; needed for samples.
            caption: line below it.

        Raises:
            UsageError: the file cannot be read or is of another kind, the samples have another shape or no rate.
        """
        if isinstance(data_or_path, (str, os.PathLike)):
            path = Path(data_or_path)
            format = path.suffix.lower().lstrip(".")
            if format not in _FORMATS:
                raise UsageError(
                    f"{path} is not a sound file.", f"Its name should end in one of {', '.join(_FORMATS)}."
                )
            super().__init__(read(path, "Audio"), format, {"caption": caption, "sample_rate": sample_rate})
            return
        if not isinstance(sample_rate, int) or sample_rate <= 0:
            raise UsageError("Audio was given samples and no sample_rate.", "Say how many samples a second has.")
        samples, channels = _samples(data_or_path)
        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as file:
            file.setnchannels(channels)
            file.setsampwidth(2)
            file.setframerate(sample_rate)
            file.writeframes(samples)
        seconds = len(samples) / 2 / channels / sample_rate
        about = {"caption": caption, "sample_rate": sample_rate, "duration": seconds, "channels": channels}
        super().__init__(buffer.getvalue(), "wav", about)


def _samples(data: Any) -> tuple[bytes, int]:
    """Samples of 16 bits, the low byte first, and the number of channels."""
    if is_array(data):
        import numpy as np  # late: the samples are in an array

        values = to_numpy(data)
        if values.ndim not in (1, 2) or values.dtype.kind not in "iuf":
            raise UsageError(
                f"Audio was given an array of shape {values.shape} of {values.dtype}.",
                "It should be (n,) or (n, channels).",
            )
        if values.dtype.kind == "f":
            values = (np.nan_to_num(values.astype(np.float64)).clip(-1, 1) * 32767).round()
        packed = values.clip(-32768, 32767).astype("<i2").tobytes()
        return packed, values.shape[1] if values.ndim == 2 else 1
    try:
        numbers = [float(value) for value in data]
    except (TypeError, ValueError):
        raise UsageError("Audio was given samples that are not numbers.", "Give a list or an array of them.") from None
    listed = array("h", (round(max(-1.0, min(1.0, number)) * 32767) for number in numbers))
    if sys.byteorder == "big":
        listed.byteswap()
    return listed.tobytes(), 1
