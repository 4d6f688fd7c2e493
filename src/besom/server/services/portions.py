"""How much of a piece of a spool one transaction takes. Pure.

The database has one writer: whoever sends much at once must not keep all others from it meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from besom.protocol import (
    UNREADABLE,
    AlertRecord,
    ArtifactRecord,
    FileRecord,
    HistoryRecord,
    LabelsRecord,
    MetricRecord,
    SpoolRecord,
)

LARGEST_PORTION = 1 << 20
"""Bytes, more only for one line that is longer. This bounds what is taken in at so much a byte, as rows and printed
lines are; and besom's programs seldom send more at a time."""
MOST_STATEMENTS = 1_000
"""To the database, about, that the records of a portion make by themselves: some 10 ms of SQLite's writer, 50
of PostgreSQL's."""
_OF_AN_ARTIFACT = 10
_FILES_A_STATEMENT = 2
"""The files of an artifact go to the database together, and take so much of the time of a statement."""

_decoder = msgspec.json.Decoder(SpoolRecord)


def fits(records: Iterable[SpoolRecord]) -> bool:
    """Whether the records of at most LARGEST_PORTION bytes can be taken in one transaction."""
    # Rows are by far the most frequent, and make no statement by themselves.
    return sum(_statements(record) for record in records if type(record) is not HistoryRecord) <= MOST_STATEMENTS


def cut(piece: bytes) -> list[bytes]:
    """The piece in portions for one transaction each, of whole lines, and of one line at least. The last one has also
    what follows the last line end; it alone may be empty."""
    portions = []
    begin = end = statements = 0
    while next_end := piece.find(b"\n", end) + 1:
        more = _statements_of_line(piece[end:next_end])
        if end > begin and (next_end - begin > LARGEST_PORTION or statements + more > MOST_STATEMENTS):
            portions.append(piece[begin:end])
            begin, statements = end, 0
        end, statements = next_end, statements + more
    return [*portions, piece[begin:]]


def _statements_of_line(line: bytes) -> int:
    try:
        return _statements(_decoder.decode(line))
    except UNREADABLE:  # passed over, or refused, when its portion is read
        return 0


def _statements(record: SpoolRecord) -> int:
    match record:
        case FileRecord():
            return 4
        case ArtifactRecord(artifact=new):
            files = len(new.files) + len(new.references)
            return _OF_AN_ARTIFACT + 3 * len(new.aliases) + files // _FILES_A_STATEMENT
        case MetricRecord() | LabelsRecord() | AlertRecord():
            return 1
        case _:
            return 0
