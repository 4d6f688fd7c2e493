"""The load of the machine and of the process over time, in buckets of so many samples."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import zstandard
from sqlalchemy import Connection, and_, bindparam, func, insert, select, update

from besom.protocol import SystemRecord
from besom.server.store.prepared import Prepared
from besom.server.store.segments import decompress
from besom.server.store.tables import samples

BUCKET_SAMPLES = 256

_LAST = Prepared(
    select(samples.c.bucket, samples.c.sample_count, samples.c.data)
    .where(samples.c.run_key == bindparam("run"))
    .order_by(samples.c.bucket.desc())
    .limit(1)
)
_ADD = Prepared(insert(samples), ["run_key", "bucket", "sample_count", "data"])
_CHANGE = Prepared(
    update(samples).where(samples.c.run_key == bindparam("run"), samples.c.bucket == bindparam("at")),
    ["sample_count", "data"],
)

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(SystemRecord)


def append(conn: Connection, run_key: int, new: Sequence[SystemRecord]) -> None:
    """Stores samples, in the order in which they arrive."""
    last = _LAST.first(conn, {"run": run_key})
    bucket = 0 if last is None else last.bucket
    if last is not None and last.sample_count < BUCKET_SAMPLES:
        room = BUCKET_SAMPLES - last.sample_count
        data = decompress(last.data) + _encoder.encode_lines(new[:room])
        values = {"sample_count": last.sample_count + len(new[:room]), "data": zstandard.compress(data, 3)}
        _CHANGE.run(conn, {"run": run_key, "at": bucket, **values})
        new = new[room:]
    for start in range(0, len(new), BUCKET_SAMPLES):
        piece = new[start : start + BUCKET_SAMPLES]
        bucket += last is not None or start > 0
        data = zstandard.compress(_encoder.encode_lines(piece), 3)
        _ADD.run(conn, {"run_key": run_key, "bucket": bucket, "sample_count": len(piece), "data": data})


def count(conn: Connection, run_key: int) -> int:
    """Number of a run's samples."""
    query = select(func.coalesce(func.sum(samples.c.sample_count), 0)).where(samples.c.run_key == run_key)
    return int(conn.execute(query).scalar_one())


def latest(conn: Connection, run_key: int) -> SystemRecord | None:
    """The sample that arrived last."""
    query = select(samples.c.data).where(samples.c.run_key == run_key).order_by(samples.c.bucket.desc())
    data = conn.scalar(query.limit(1))
    return None if data is None else _decoder.decode_lines(decompress(data))[-1]


def latest_values(conn: Connection, run_keys: Sequence[int]) -> dict[int, dict[str, float]]:
    """The latest value of each key, of those of the runs that have samples."""
    newest = select(samples.c.run_key, func.max(samples.c.bucket).label("bucket")).group_by(samples.c.run_key)
    last = newest.where(samples.c.run_key.in_(run_keys)).subquery()
    here = and_(samples.c.run_key == last.c.run_key, samples.c.bucket == last.c.bucket)
    found: dict[int, dict[str, float]] = {}
    for run_key, data in conn.execute(select(samples.c.run_key, samples.c.data).join(last, here)):
        in_order = sorted(_decoder.decode_lines(decompress(data)), key=lambda sample: sample.time)
        found[run_key] = {key: value for sample in in_order for key, value in sample.data.items()}
    return found


def all_of(conn: Connection, run_key: int) -> list[SystemRecord]:
    """A run's samples by time."""
    query = select(samples.c.data).where(samples.c.run_key == run_key).order_by(samples.c.bucket)
    found = [sample for data in conn.scalars(query) for sample in _decoder.decode_lines(decompress(data))]
    return sorted(found, key=lambda sample: sample.time)
