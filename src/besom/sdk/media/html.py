"""``besom.Html``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TextIO

from besom.errors import UsageError
from besom.sdk.media.base import FileMedia, read

_HEAD = "<base target='_blank'>"
"""Links of a page that is shown inside another leave it."""


class Html(FileMedia):
    """A page of HTML. It is shown apart from the page around it, and cannot reach that."""

    kind = "html"
    folder = "html"

    def __init__(
        self, data: str | os.PathLike[str] | TextIO, inject: bool = True, data_is_not_path: bool = False
    ) -> None:
        """Takes the text as it is now.

        Args:
            data: HTML, path of a file that ends in ``.html`` or ``.htm``, or an open file.
            inject: have links open in a tab of their own.
            data_is_not_path: text that looks like a path is HTML.

        Raises:
            UsageError: the file cannot be read; it is no text.
        """
        text = _text(data, data_is_not_path)
        if inject and "<base" not in text:
            at = text.find("<head>") + len("<head>") if "<head>" in text else 0
            text = text[:at] + _HEAD + text[at:]
        super().__init__(text.encode(errors="replace"), "html", {})


def _text(data: str | os.PathLike[str] | TextIO, data_is_not_path: bool) -> str:
    if isinstance(data, os.PathLike) or (
        isinstance(data, str) and not data_is_not_path and data.lower().endswith((".html", ".htm")) and "<" not in data
    ):
        return read(Path(data), "Html").decode(errors="replace")
    text = data if isinstance(data, str) else data.read() if hasattr(data, "read") else None
    if not isinstance(text, str):
        raise UsageError(
            f"Html was given a value of type {type(data).__name__}.",
            "Give text, the path of a file or an open text file.",
        )
    return text
