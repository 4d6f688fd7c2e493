"""The least and the largest number that each of many runs has logged under a key, without reading what lies between."""

from __future__ import annotations

import math

import numpy as np
from sqlalchemy import Connection, Select, select

from besom.server.store import block_format, chunk_data, curves
from besom.server.store.columns import Floats
from besom.server.store.tables import chunks, runs, segments

Span = tuple[float, float]


def extremes(conn: Connection, project_id: int, sweep_id: str | None, key: str) -> dict[str, Span]:
    """By run id: the least and the largest finite number. Runs that logged none are left out.

    Args:
        conn: for reading.
        project_id: whose runs.
        sweep_id: only those of this sweep; None for all of the project.
        key: under which the numbers were logged.
    """
    here = select(runs.c.key, runs.c.id).where(runs.c.project_id == project_id, runs.c.deleted.is_(None))
    if sweep_id is not None:
        here = here.where(runs.c.sweep_id == sweep_id)
    spans = _packed(conn, here, key)
    waiting = here.join(segments, segments.c.run_key == runs.c.key).distinct()
    keys = [run_key for run_key, _ in conn.execute(waiting)]
    for run_key, found in curves.pending_numbers(conn, keys, key):
        _add(spans, run_key, found)
    return {run_id: spans[run_key] for run_key, run_id in conn.execute(here) if run_key in spans}


def _packed(conn: Connection, here: Select[int, str], key: str) -> dict[int, Span]:
    """What the chunks say of themselves; those with an infinity among their extremes are read."""
    spans: dict[int, Span] = {}
    infinite: list[tuple[int, int]] = []
    metric = block_format.metric_name(key)
    summaries = (
        here.join(chunks, chunks.c.run_key == runs.c.key)
        .where(chunks.c.metric == metric, chunks.c.minimum.is_not(None))
        .with_only_columns(chunks.c.run_key, chunks.c.first_row, chunks.c.minimum, chunks.c.maximum)
    )
    for run_key, first_row, least, largest in conn.execute(summaries):
        if math.isfinite(least) and math.isfinite(largest):
            known = spans.get(run_key, (least, largest))
            spans[run_key] = (min(known[0], least), max(known[1], largest))
        else:
            infinite.append((run_key, first_row))
    for run_key, data in chunk_data.read(conn, metric, infinite):
        _add(spans, run_key, block_format.numbers(data)[1])
    return spans


def _add(spans: dict[int, Span], run_key: int, found: Floats) -> None:
    finite = found[np.isfinite(found)]
    if len(finite):
        least, largest = spans.get(run_key, (math.inf, -math.inf))
        spans[run_key] = (min(least, float(finite.min())), max(largest, float(finite.max())))
