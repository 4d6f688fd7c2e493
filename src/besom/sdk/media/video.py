"""``besom.Video``."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

from besom.errors import UsageError
from besom.sdk.media.base import FileMedia, is_array, read, to_numpy
from besom.sdk.media.pixels import pixels_of

_FORMATS = ("mp4", "webm", "gif", "ogg", "mov")
_USUAL_RATE = 4


class Video(FileMedia):
    """A film."""

    kind = "video"
    folder = "videos"

    def __init__(
        self,
        data_or_path: Any,
        caption: str | None = None,
        fps: int | None = None,
        format: str | None = None,
    ) -> None:
        """Takes the film as it is now.

        Args:
            data_or_path: path of a video file, its bytes in a ``BytesIO``, or an array (time, channels, height, width),
                which is kept as GIF, with Pillow. With a batch before the time, the films stand side by side.
            caption: line below it.
            fps: pictures per second of an array; 4 when missing.
            format: of the bytes: ``mp4``, ``webm``, ``gif``, ``ogg`` or ``mov``.

        Raises:
            UsageError: the file cannot be read or is of another kind, the array has another shape, Pillow is missing.
        """
        about: dict[str, Any] = {"caption": caption}
        if isinstance(data_or_path, (str, os.PathLike)):
            path = Path(data_or_path)
            format = _checked(path.suffix.lower().lstrip(".") or "nothing", str(path))
            data = read(path, "Video")
        elif isinstance(data_or_path, io.BytesIO):
            format = _checked(format or "nothing", "What was given to Video")
            data = data_or_path.getvalue()
        elif is_array(data_or_path):
            if format not in (None, "gif"):
                raise UsageError(
                    f"An array cannot be kept as {format}.",
                    "Leave format out for GIF, or give the path of a video file.",
                )
            format = "gif"
            data, width, height = _gif(to_numpy(data_or_path), fps or _USUAL_RATE)
            about |= {"width": width, "height": height}
        else:
            raise UsageError(
                f"Video was given a value of type {type(data_or_path).__name__}.",
                "Give the path of a video file, a BytesIO, or an array (time, channels, height, width).",
            )
        super().__init__(data, format, about)


def _gif(frames: Any, rate: int) -> tuple[bytes, int, int]:
    """Bytes, width and height."""
    if frames.ndim == 5:  # (batch, time, channels, height, width): the batch from left to right
        frames = frames.transpose(1, 2, 3, 0, 4).reshape(*frames.shape[1:4], -1)
    if frames.ndim != 4 or frames.shape[1] not in (1, 3) or 0 in frames.shape:
        raise UsageError(
            f"Video was given an array of shape {frames.shape}.",
            "It should be (time, channels, height, width), with 1 or 3 channels.",
        )
    try:
        from PIL import Image
    except ImportError:
        raise UsageError(
            "To make a film of an array, Pillow is needed.", "pip install pillow, or give the path of a video file."
        ) from None
    time, channels, height, width = frames.shape
    # One range of colours for all pictures: they are drawn as one tall picture, and cut up again.
    tall = pixels_of(frames.transpose(0, 2, 3, 1).reshape(time * height, width, channels))
    parts = tall.reshape(time, height, width, channels)
    pictures = [Image.fromarray(part[:, :, 0] if channels == 1 else part) for part in parts]
    buffer = io.BytesIO()
    pictures[0].save(buffer, "GIF", save_all=True, append_images=pictures[1:], duration=max(20, 1000 // rate), loop=0)
    return buffer.getvalue(), width, height


def _checked(format: str, what: str) -> str:
    if format not in _FORMATS:
        raise UsageError(f"{what} is of format {format!r}.", f"Videos are {', '.join(_FORMATS)}.")
    return format
