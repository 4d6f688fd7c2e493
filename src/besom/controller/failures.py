"""Mistakes in code of the user, told with the part of the traceback that is theirs."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from besom.errors import BesomError

_BESOM = str(Path(__file__).parents[1])


class SearchFailed(BesomError):
    """A function of the user raised, or answered with something else than a configuration.

    ``message`` is one line, ``hint`` the traceback of the user's code.
    """


@contextmanager
def told_as(what: str) -> Iterator[None]:
    """Turns whatever the block raises into SearchFailed.

    Args:
        what: The function, as a person knows it.
    """
    try:
        yield
    except BesomError:
        raise
    except Exception as error:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(_BESOM)]
        where = f" ({Path(frames[0].filename).name}, line {frames[0].lineno})" if frames else ""
        lines = ["In your code, the most recent call last:", *"".join(traceback.format_list(frames)).splitlines()]
        lines += "".join(traceback.format_exception_only(error)).splitlines()
        summary = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise SearchFailed(f"{what} failed{where}: {summary}", "\n".join(lines)) from error
