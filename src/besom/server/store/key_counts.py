"""Which keys runs have logged: how many numbers under each, and up to which step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from besom.server.store import block_format, columns
from besom.server.store import segments as raw
from besom.server.store.tables import blocks, chunks


@dataclass(slots=True)
class KeyCounts:
    """Of one run that has logged something."""

    rows: int = 0
    last_step: int | None = None
    """The highest."""
    numbers: dict[str, int] = field(default_factory=dict)
    """How many numbers were logged by ``blocks.metric_name`` of their key; 0 where all values are something else."""

    def add_rows(self, count: int, last_step: int) -> None:
        """Counts rows."""
        self.rows += count
        self.last_step = last_step if self.last_step is None else max(self.last_step, last_step)

    def add_numbers(self, name: str, count: int) -> None:
        """Counts numbers; 0 for values that are none."""
        self.numbers[name] = self.numbers.get(name, 0) + count


def key_counts(conn: Connection, run_keys: Sequence[int]) -> dict[int, KeyCounts]:
    """By run, without those that have logged nothing."""
    found: dict[int, KeyCounts] = {}
    query = select(blocks.c.run_key, blocks.c.row_count, blocks.c.data).where(blocks.c.run_key.in_(run_keys))
    for run_key, count, data in conn.execute(query):
        found.setdefault(run_key, KeyCounts()).add_rows(count, block_format.highest_step(data))
    summed = select(chunks.c.run_key, chunks.c.metric, func.sum(chunks.c.number_count))
    summed = summed.where(chunks.c.run_key.in_(run_keys)).group_by(chunks.c.run_key, chunks.c.metric)
    for run_key, name, count in conn.execute(summed.order_by(chunks.c.metric)):
        found[run_key].add_numbers(name, int(count))
    for segment in raw.pending(conn, run_keys):
        counts = found.setdefault(segment.run_key, KeyCounts())
        for record in raw.unpack(segment.data):
            counts.add_rows(1, record.step)
            for key, value in record.data.items():
                counts.add_numbers(block_format.metric_name(key), int(columns.is_number(value)))
    return found
