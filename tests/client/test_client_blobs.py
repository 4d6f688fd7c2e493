"""Bytes travel by their digest, in pieces, and a download goes on where it broke off."""

import hashlib
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from besom.client import blobs
from besom.client.connection import Connection
from besom.errors import ApiError, CommError, NotFound

CONTENT = os.urandom(3 * blobs.PIECE + 17)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "there"
    path.write_bytes(CONTENT)
    return path


def test_bytes_go_there_and_back(lab, file, tmp_path):
    lab.sweep()
    assert blobs.missing(lab.connection, lab.route, [DIGEST]) == {DIGEST}
    blobs.put(lab.connection, lab.route, DIGEST, file)
    assert blobs.missing(lab.connection, lab.route, [DIGEST]) == set()
    blobs.fetch(lab.connection, lab.route, DIGEST, tmp_path / "a" / "back", len(CONTENT))
    assert (tmp_path / "a" / "back").read_bytes() == CONTENT


def test_a_download_goes_on_where_it_was(lab, file, tmp_path):
    lab.sweep()
    blobs.put(lab.connection, lab.route, DIGEST, file)
    part = tmp_path / f".back.{DIGEST[:16]}.part"
    part.write_bytes(CONTENT[:1000])
    blobs.fetch(lab.connection, lab.route, DIGEST, tmp_path / "back", len(CONTENT))
    assert (tmp_path / "back").read_bytes() == CONTENT
    assert not part.exists()


def test_bytes_that_are_not_what_the_digest_says_are_refused_by_the_server(lab, file):
    lab.sweep()
    with pytest.raises(ApiError):
        blobs.put(lab.connection, lab.route, "0" * 64, file)
    assert blobs.missing(lab.connection, lab.route, ["0" * 64]) == {"0" * 64}


def test_bytes_that_no_server_has_are_an_error(lab, tmp_path):
    lab.sweep()
    with pytest.raises(NotFound):
        blobs.fetch(lab.connection, lab.route, "1" * 64, tmp_path / "back", 5)
    assert not (tmp_path / "back").exists()


class Breaking(BaseHTTPRequestHandler):
    """Breaks off in the middle, once; then understands ranges. The first byte is what ``damage`` says."""

    damage = b""
    asked: ClassVar[list[str | None]] = []

    def do_GET(self):
        wanted = self.headers.get("Range")
        self.asked.append(wanted)
        start = int(wanted.split("=")[1].rstrip("-")) if wanted else 0
        body = (self.damage + CONTENT[len(self.damage) :])[start:]
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if wanted else body[: blobs.PIECE + 5])

    def log_message(self, *_):
        pass


@pytest.fixture
def breaking():
    Breaking.asked, Breaking.damage = [], b""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Breaking)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Connection(f"http://127.0.0.1:{server.server_port}", "key")
    server.shutdown()
    server.server_close()


def test_a_connection_that_breaks_off_costs_nothing_twice(breaking, tmp_path):
    blobs.fetch(breaking, "/projects/e/p", DIGEST, tmp_path / "back", len(CONTENT))
    assert (tmp_path / "back").read_bytes() == CONTENT
    assert Breaking.asked[0] is None
    assert Breaking.asked[1].startswith("bytes=")
    assert Breaking.asked[1] != "bytes=0-"


def test_damaged_bytes_are_not_kept(breaking, tmp_path):
    Breaking.damage = bytes([CONTENT[0] ^ 1])
    with pytest.raises(CommError, match="damaged"):
        blobs.fetch(breaking, "/projects/e/p", DIGEST, tmp_path / "back", len(CONTENT))
    assert list(tmp_path.iterdir()) == []
