"""What a machine that lost its power leaves of a run's files: whatever bytes, they are told of or passed over."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from besom.errors import UsageError
from besom.protocol import InitRecord, NewRun, OutputRecord
from besom.sdk import resumption, spool, uploads
from besom.sdk.capture import console, printed, tee
from besom.server.services.report import read_report

FIRST = spool._encode(InitRecord(project="p", run=NewRun(id="r", started=0.0))) + b"\n"
OUTPUT = b'{"type":"output","line":0,"lines":["a"],"time":1.0}\n'
FILE = b'{"type":"file","path":"a","digest":"d","size":1}\n'
LINES = st.sampled_from([FIRST, OUTPUT, FILE, b'{"type":"exit","code":0,"time":1.0}\n'])
BYTES = st.lists(st.one_of(LINES, LINES.flatmap(lambda line: st.sampled_from([line[:9], line[9:]])), st.binary())).map(
    b"".join
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(written=FIRST, kept=bytes(4096) + b"\n" + OUTPUT, waiting=b'{"y":1}\n')
@example(written=FIRST + bytes(4096) + b"\n" + FILE, kept=OUTPUT, waiting=b'{"rows":[]}\n')
@given(written=BYTES, kept=BYTES, waiting=st.one_of(BYTES, st.binary().map(b'{"rows":["a"]}\n'.__add__)))
def test_damaged_files_of_a_run_are_told_of_or_passed_over(
    tmp_path: Path, written: bytes, kept: bytes, waiting: bytes
) -> None:
    folder = tmp_path / "run-1-r"
    folder.mkdir(exist_ok=True)
    path = folder / spool.FILE_NAME
    path.write_bytes(written)
    (folder / tee.RECORDS_NAME).write_bytes(kept)
    (folder / printed.NAME).write_bytes(waiting)
    begins = False
    with contextlib.suppress(UsageError):
        begins = spool.read_first(path).run is not None
    assert begins or not written.startswith(FIRST)
    console.recover(folder, path)
    now = path.read_bytes()
    (folder / tee.RECORDS_NAME).write_bytes(kept)
    console.recover(folder, path)  # somebody ended before the file was removed
    assert path.read_bytes().count(b'{"type":"output"') == now.count(b'{"type":"output"')
    whole = written[: written.rfind(b"\n") + 1]
    assert now.startswith(whole), "what was whole stays"
    outputs = now.splitlines(keepends=True).count(OUTPUT)
    announced = {upload.entry.path for upload in uploads.announced(folder)}
    file = os.open(path, os.O_RDONLY)
    try:
        offset = 0
        while piece := spool.read_piece(file, offset):
            assert piece == now[offset : offset + len(piece)]
            outputs -= sum(isinstance(record, OutputRecord) for record in read_report(piece).records)
            offset += len(piece)
    finally:
        os.close(file)
    assert offset == now.rfind(b"\n") + 1, "all whole lines are sent"
    assert outputs <= 0, "the server takes what is not damaged"
    assert ("a" in announced) == (FILE in now.splitlines(keepends=True))
    assert resumption.from_disk(tmp_path, "r")[0].resumed == begins
