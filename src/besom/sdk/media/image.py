"""``besom.Image``."""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from besom.errors import UsageError
from besom.sdk.media import png
from besom.sdk.media.base import FileMedia, Place, is_array, media_path, read
from besom.sdk.media.pixels import pixels_of
from besom.sdk.values import plain

if TYPE_CHECKING:
    from besom.sdk.run import Run

_FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "webp": "WEBP", "gif": "GIF", "bmp": "BMP"}
"""What a browser shows, and Pillow's name for it."""


class Image(FileMedia):
    """A picture, for ``log``; lists of them may be logged too."""

    kind = "image"
    folder = "images"
    _masks: Mapping[str, tuple[bytes, dict[str, Any]]] = {}

    def __init__(
        self,
        data_or_path: Any,
        mode: str | None = None,
        caption: str | None = None,
        grouping: int | None = None,
        classes: Any = None,
        boxes: Mapping[str, Any] | None = None,
        masks: Mapping[str, Any] | None = None,
        file_type: str | None = None,
        normalize: bool = True,
    ) -> None:
        """Takes the picture as it is now.

        Args:
            data_or_path: path of a picture file, picture of Pillow, figure of Matplotlib, or an array: (height, width)
                or (height, width, channels), for PyTorch (channels, height, width). How numbers become colours:
                ``besom.sdk.media.pixels``.
            mode: Pillow's, to convert the picture to, e.g. ``L`` or ``RGB``.
            caption: line below it.
            grouping: how many belong together.
            classes: of masks and boxes: list of ``{"id": 0, "name": "road"}``.
            boxes: name -> ``{"box_data": [{"position": ..., "class_id": ...}, ...], "class_labels": {0: "road"}}``.
            masks: name -> ``{"mask_data": array (height, width) of classes 0..255, "class_labels": {0: "road"}}``.
            file_type: ``png`` (the default), ``jpg``, ``webp``, ``gif`` or ``bmp``.
            normalize: whether numbers other than 8 bits are stretched to the full range.

        Raises:
            UsageError: it cannot be made a picture, or needs Pillow, which is not installed.
        """
        wanted = _checked_format(file_type)
        data, format, size = _content(data_or_path, mode, wanted, normalize)
        self._masks = {name: (_mask_pixels(name, mask), _labels(mask)) for name, mask in (masks or {}).items()}
        super().__init__(
            data,
            format,
            {
                "width": size and size[0],
                "height": size and size[1],
                "caption": caption,
                "grouping": grouping,
                "classes": plain(classes, "classes"),
                "boxes": plain(boxes, "boxes"),
            },
        )

    def describe(self, place: Place, key: str, step: int) -> dict[str, Any]:
        """See ``Media.describe``; masks are files of their own, whose grey is the number of the class."""
        described = super().describe(place, key, step)
        masks = {}
        for name, (data, labels) in self._masks.items():
            entry = place.put(media_path("images/mask", f"{key}_{name}", step, data, "png"), data)
            masks[name] = {"_type": "mask", "path": entry.path, "sha256": entry.digest, "size": entry.size, **labels}
        return {**described, "masks": masks} if masks else described

    @staticmethod
    def _besom_json_list(values: Sequence[Any], run: Run, key: str, step: int) -> dict[str, Any] | None:
        """What stands for a list of pictures; None when others are among them."""
        if not all(isinstance(value, Image) for value in values):
            return None
        items = [value._besom_json(run, f"{key}_{index}", step) for index, value in enumerate(values)]
        return {"_type": "images", "count": len(items), "items": items}


def _content(
    value: Any, mode: str | None, wanted: str | None, normalize: bool
) -> tuple[bytes, str, tuple[int, int] | None]:
    """Bytes, format and (width, height)."""
    if isinstance(value, Image):
        return value._data, value.format, (value._about["width"], value._about["height"])
    if isinstance(value, (str, os.PathLike)):
        path = Path(value)
        format = path.suffix.lower().lstrip(".")
        data = read(path, "Image")
        if mode is None and wanted in (None, format):
            _checked_format(format or "nothing")
            return data, format, _size_of_png(data)
        value = _pillow(f"To convert {path}").open(io.BytesIO(data))
    if hasattr(value, "savefig") or hasattr(value, "get_figure"):
        value = value if hasattr(value, "savefig") else value.get_figure()
        buffer = io.BytesIO()
        value.savefig(buffer, format="png")
        return buffer.getvalue(), "png", _size_of_png(buffer.getvalue())
    if is_array(value):
        pixels = pixels_of(value, normalize=normalize)
        height, width, channels = pixels.shape
        if mode is None and wanted in (None, "png"):
            return png.encode(pixels), "png", (width, height)
        value = _pillow("To convert an array").fromarray(pixels[:, :, 0] if channels == 1 else pixels)
    if not (hasattr(value, "save") and hasattr(value, "convert")):
        raise UsageError(
            f"An image was given a value of type {type(value).__name__}.",
            "Give the path of a picture file, a picture of Pillow, a figure of Matplotlib or an array.",
        )
    return _saved_by_pillow(value, mode, wanted or "png")


def _saved_by_pillow(picture: Any, mode: str | None, format: str) -> tuple[bytes, str, tuple[int, int]]:
    if mode is not None:
        picture = picture.convert(mode)
    elif format in ("jpg", "jpeg") and picture.mode not in ("RGB", "L"):  # knows no transparency, no palette
        picture = picture.convert("RGB")
    buffer = io.BytesIO()
    try:
        picture.save(buffer, _FORMATS[format])
    except (OSError, ValueError) as error:
        raise UsageError(f"The picture of mode {picture.mode} cannot be kept as {format}: {error}.") from None
    return buffer.getvalue(), format, picture.size


def _pillow(why: str) -> Any:
    try:
        import PIL.Image
    except ImportError:
        raise UsageError(f"{why}, Pillow is needed.", "pip install pillow") from None
    return PIL.Image


def _checked_format(format: str | None) -> str | None:
    if format is not None and format.lower().lstrip(".") not in _FORMATS:
        raise UsageError(
            f"{format!r} is not a format of pictures that browsers show.", f"One of {', '.join(_FORMATS)}."
        )
    return format and format.lower().lstrip(".")


def _size_of_png(data: bytes) -> tuple[int, int] | None:
    """(width, height) from the header; None when it is no PNG."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    return None


def _mask_pixels(name: str, mask: Mapping[str, Any]) -> bytes:
    if "path" in mask:
        return read(Path(mask["path"]), f"Mask {name!r}:")
    if "mask_data" not in mask:
        raise UsageError(f"Mask {name!r} has neither mask_data nor path.", 'Give {"mask_data": array of classes}.')
    return png.encode(pixels_of(mask["mask_data"], normalize=False))


def _labels(mask: Mapping[str, Any]) -> dict[str, Any]:
    labels = mask.get("class_labels")
    return {"class_labels": plain(labels, "class_labels")} if labels else {}
