"""What programs printed: lines in buckets, of which a run keeps its first and its last ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
import zstandard
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from besom.server.store.prepared import Prepared
from besom.server.store.segments import decompress
from besom.server.store.tables import output

BUCKET_LINES = 256
FIRST_BUCKETS = 40
LAST_BUCKETS = 160
"""A run that prints for ever keeps 10,240 lines from its beginning and at least 40,704 from its end."""
LONGEST_LINE = 10_000
"""Characters."""


class Printed(msgspec.Struct, array_like=True, frozen=True):
    """A printed line."""

    time: float
    """Unix time."""
    text: str
    level: str | None = None
    """``error`` for what went to stderr, where that is known."""


Lines = dict[int, Printed]
"""By line number."""

_PART = (output.c.run_key == bindparam("run"), output.c.part == bindparam("of_part"))
_BUCKET = (*_PART, output.c.bucket == bindparam("at"))
_NEWEST = Prepared(select(func.max(output.c.bucket).label("bucket")).where(*_PART))
_DATA = Prepared(select(output.c.data).where(*_BUCKET))
_ADD = Prepared(insert(output), ["run_key", "part", "bucket", "end", "data"])
_CHANGE = Prepared(update(output).where(*_BUCKET), ["end", "data"])

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Lines)


class Line(NamedTuple):
    """A line as the reader counts: over all parts of the run."""

    number: int
    time: float
    text: str
    level: str | None = None


def shortened(text: str) -> str:
    """A line as it is kept; one that was cut says so."""
    if len(text) <= LONGEST_LINE:
        return text
    return f"{text[:LONGEST_LINE]} [{len(text) - LONGEST_LINE:,} more characters were not kept]"


def append(conn: Connection, run_key: int, part: int, lines: Mapping[int, Printed]) -> None:
    """Stores lines of a process; those with a known number replace the old ones."""
    buckets: dict[int, Lines] = {}
    for number, line in lines.items():
        kept = Printed(line.time, shortened(line.text), line.level)
        buckets.setdefault(number // BUCKET_LINES, {})[number] = kept
    newest = _NEWEST.one(conn, {"run": run_key, "of_part": part}).bucket
    last = max(buckets) if newest is None else max(newest, *buckets)
    for bucket, new in sorted(buckets.items()):
        if not FIRST_BUCKETS <= bucket <= last - LAST_BUCKETS:
            _merge(conn, run_key, part, bucket, new)
    if last >= FIRST_BUCKETS + LAST_BUCKETS and last != newest:
        middle = output.c.bucket.between(FIRST_BUCKETS, last - LAST_BUCKETS)
        conn.execute(delete(output).where(output.c.run_key == run_key, output.c.part == part, middle))


def total(conn: Connection, run_key: int) -> int:
    """Number of lines that a run printed, in all its processes."""
    return sum(_ends(conn, run_key).values())


def lines_before(conn: Connection, run_key: int, part: int) -> int:
    """Number of lines that the processes before ``part`` printed."""
    return sum(end for earlier, end in _ends(conn, run_key).items() if earlier < part)


def page(conn: Connection, run_key: int, after: int, limit: int) -> list[Line]:
    """Up to ``limit`` lines from number ``after`` on. Where lines were not kept, one line says how many."""
    found: list[Line] = []
    start = 0
    for part, end in _ends(conn, run_key).items():
        if after < start + end:
            found += _page_of_part(conn, run_key, part, start, max(after - start, 0), limit + 1 - len(found))
            if len(found) > limit:
                break
        start += end
    return found[:limit]


def _ends(conn: Connection, run_key: int) -> dict[int, int]:
    """How many lines each part has."""
    query = select(output.c.part, func.max(output.c.end)).where(output.c.run_key == run_key)
    return dict(conn.execute(query.group_by(output.c.part).order_by(output.c.part)).all())


def _page_of_part(conn: Connection, run_key: int, part: int, start: int, after: int, limit: int) -> list[Line]:
    query = select(output.c.bucket, output.c.data).where(output.c.run_key == run_key, output.c.part == part)
    query = query.where(output.c.bucket >= after // BUCKET_LINES)
    found: list[Line] = []
    expected = after
    for bucket, data in conn.execute(query.order_by(output.c.bucket)):
        first = bucket * BUCKET_LINES
        if bucket >= FIRST_BUCKETS and first > expected:
            text = f"[{first - expected:,} lines were not kept: a run keeps its first and its last ones]"
            found.append(Line(start + first - 1, 0.0, text))
        for number, line in sorted(_decoder.decode(decompress(data)).items()):
            if number >= after:
                found.append(Line(start + number, line.time, line.text, line.level))
        expected = first + BUCKET_LINES
        if len(found) >= limit:
            break
    return found[:limit]


def _merge(conn: Connection, run_key: int, part: int, bucket: int, new: Lines) -> None:
    here = {"run": run_key, "of_part": part, "at": bucket}
    known = _DATA.first(conn, here)
    lines = new if known is None else {**_decoder.decode(decompress(known.data)), **new}
    values = {"end": max(lines) + 1, "data": zstandard.compress(_encoder.encode(lines), 1)}
    if known is None:
        _ADD.run(conn, {"run_key": run_key, "part": part, "bucket": bucket, **values})
    else:
        _CHANGE.run(conn, {**here, **values})
