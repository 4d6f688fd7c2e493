"""The server's log on stderr: lines for people, or JSON for machines. Each line knows which request it is about."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timezone
from typing import Literal, get_args

from besom.errors import SettingsError
from besom.server.telemetry.requests import request_id

Format = Literal["text", "json"]
FORMATS: tuple[str, ...] = get_args(Format)


class JsonLines(logging.Formatter):
    """One JSON object per line; what is not a string or a number of ours is told as text."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if identity := request_id.get():
            said["request_id"] = identity
        said |= getattr(record, "about", {})
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return json.dumps(said, default=str, ensure_ascii=False)


class TextLines(logging.Formatter):
    """Lines for people."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, with the request at its end."""
        line = super().format(record)
        identity = request_id.get()
        first, newline, rest = line.partition("\n")
        return f"{first} [{identity}]{newline}{rest}" if identity else line


def log_to_stderr(form: str = "text", *, requests: bool = False) -> None:
    """Sends what this process logs from now on to stderr.

    Args:
        form: One of ``FORMATS``.
        requests: Whether every request gets a line.

    Raises:
        SettingsError: there is no such format.
    """
    if form not in FORMATS:
        raise SettingsError(f"There is no log format {form!r}.", f"The formats are: {', '.join(FORMATS)}.")
    lines = JsonLines() if form == "json" else TextLines("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler = logging.StreamHandler()
    handler.setFormatter(lines)
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("besom.requests").setLevel(logging.INFO if requests else logging.WARNING)
