"""What all media have in common: bytes, a kind of folder, and a description that the history keeps."""

from __future__ import annotations

import abc
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from besom.errors import UsageError
from besom.protocol import FileEntry
from besom.sdk import staging

if TYPE_CHECKING:
    from besom.sdk.run import Run

_UNFIT = re.compile(r"[^\w.=+-]+")
_LONGEST_KEY = 100
_OF_THE_FILE = ("_type", "path", "sha256", "size", "format")


class Place(Protocol):
    """Takes in files: those of a run, or of an artifact."""

    def put(self, path: str, data: bytes) -> FileEntry:
        """Keeps bytes under a path."""
        ...


class Media(abc.ABC):
    """A value that ``log`` takes in place of a number."""

    @abc.abstractmethod
    def describe(self, place: Place, key: str, step: int) -> dict[str, Any]:
        """Puts the bytes into ``place``; returns what stands for them, with ``_type``.

        Args:
            place: takes the files.
            key: name under which it is logged.
            step: the row's step.
        """

    def _besom_json(self, run: Run, key: str, step: int) -> dict[str, Any]:
        from besom.sdk import files  # late: the run's side; media in artifacts do without

        return self.describe(files.of(run), key, step)


class FileMedia(Media):
    """Media of one file: its bytes are taken when it is made, so that what changes later does not change it."""

    kind: str
    """``_type`` without ``-file``."""
    folder: str
    """Below ``media``."""

    def __init__(self, data: bytes, format: str, about: Mapping[str, Any]) -> None:
        self._data = data
        self.format = format
        """End of the file's name, e.g. ``png``."""
        self._about = {name: value for name, value in about.items() if value is not None}

    @classmethod
    def restored(cls, data: bytes, described: Mapping[str, Any]) -> FileMedia:
        """The media that ``describe`` described, with its bytes."""
        made = cls.__new__(cls)
        about = {name: value for name, value in described.items() if name not in _OF_THE_FILE}
        FileMedia.__init__(made, data, described["format"], about)
        return made

    def describe(self, place: Place, key: str, step: int) -> dict[str, Any]:
        """See ``Media.describe``."""
        entry = place.put(media_path(self.folder, key, step, self._data, self.format), self._data)
        return {
            "_type": f"{self.kind}-file",
            "path": entry.path,
            "sha256": entry.digest,
            "size": entry.size,
            "format": self.format,
            **self._about,
        }

    def __repr__(self) -> str:
        return f"<besom.{type(self).__name__} {self.format}, {len(self._data)} bytes>"


def media_path(folder: str, key: str, step: int, data: bytes, end: str) -> str:
    """``media/FOLDER/KEY_STEP_HASH.END``. Slashes of the key are folders; nothing in it can lead out of them."""
    parts = [_UNFIT.sub("_", part).strip(".") or "_" for part in key.split("/")]
    name = "/".join(parts)[:_LONGEST_KEY]
    return f"media/{folder}/{name}_{step}_{hashlib.sha256(data).hexdigest()[:20]}.{end}"


def read(path: Path, what: str) -> bytes:
    """The bytes of a file that the user named.

    Raises:
        UsageError: it cannot be read; ``what`` begins the sentence.
    """
    if not path.is_file():
        raise UsageError(f"{what} {str(path)!r} is not a file.", "Give the path of a file that exists.")
    with staging.reading(path) as file:
        return file.read()


def is_array(value: object) -> bool:
    """Whether it is an array of NumPy, PyTorch, JAX, ... rather than a list."""
    return hasattr(value, "shape") and hasattr(value, "dtype")


def to_numpy(value: Any) -> Any:
    """An array of any library as one of NumPy; PyTorch's may be on a GPU and part of a graph."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        if str(value.dtype) == "torch.bfloat16":  # NumPy has no such numbers
            value = value.float()
    import numpy as np  # late: only those who have arrays need it

    return np.asarray(value)
