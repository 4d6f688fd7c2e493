"""Values of other libraries that can be logged as they are: figures, pictures, data frames."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from besom.sdk.media.base import Media


def media_of(value: Any) -> Media | None:
    """The media that a value is or stands for; None for all other values.

    Looks at the names of types only, so that none of these libraries is imported.
    """
    if isinstance(value, Media):
        return value
    kind: type = type(value)
    make = _maker(kind)
    return None if make is None else make(value)


@functools.lru_cache(maxsize=512)
def _maker(kind: type) -> Callable[[Any], Media | None] | None:
    """How values of a type become media; None when they do not."""
    names = ((base.__module__.partition(".")[0], base.__name__) for base in kind.__mro__)
    return next((_MAKERS[name] for name in names if name in _MAKERS), None)


def _module(value: Any) -> Media | None:
    """``pyplot`` stands for its current figure."""
    return _image(value.gcf()) if value.__name__ == "matplotlib.pyplot" else None


def _image(value: Any) -> Media:
    from besom.sdk.media.image import Image  # late: most values are numbers

    return Image(value)


def _plotly(value: Any) -> Media:
    from besom.sdk.media.html import Html  # late, as above

    # The script is fetched by the browser that shows it; within the file it would be 4 MB for each figure.
    return Html(value.to_html(include_plotlyjs="cdn", full_html=True), inject=False)


def _table(value: Any) -> Media:
    from besom.sdk.media.table import Table  # late, as above

    return Table(dataframe=value)


_MAKERS: dict[tuple[str, str], Callable[[Any], Media | None]] = {
    ("builtins", "module"): _module,
    ("matplotlib", "Figure"): _image,
    ("matplotlib", "Axes"): _image,
    ("PIL", "Image"): _image,
    ("plotly", "BaseFigure"): _plotly,
    ("pandas", "DataFrame"): _table,
}
"""Library and type -> what it is logged as."""
