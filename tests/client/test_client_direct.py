"""Whatever goes wrong on the way past the server, the server does it: against a server and a store in one."""

import io
import json
from http.server import BaseHTTPRequestHandler

import pytest

from besom.client import blobs, direct
from besom.client.connection import Connection
from besom.client.export import export_runs
from besom.errors import ApiError, ServerUnreachable

CONTENT = b"x" * (direct.LEAST + 1)


class Both(BaseHTTPRequestHandler):
    """Gives for each end of a route the status in ``server.says``, 200 without; notes what it was asked."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        url = {"url": f"{self.server.url}/store"} if self.path.partition("?")[0].endswith("upload") else {}
        self.answer(json.dumps(url | {"error": {"code": "not_direct", "message": "no"}}).encode())

    def do_PUT(self):
        size = int(self.headers["Content-Length"])
        if len(self.rfile.read(size)) == size:
            self.answer(b"")
        else:
            self.close_connection = True

    def do_GET(self):
        self.answer(b"<html>moved</html>")

    def answer(self, body):
        end = self.path.partition("?")[0].rpartition("/")[2]
        self.server.asked.append(f"{self.command} {end}")
        self.send_response(self.server.says.get(end, 200))
        self.send_header("Location", "https://elsewhere.example/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def both(serve, monkeypatch):
    monkeypatch.setattr(direct, "_avoided", {})
    server = serve(Both)
    server.says, server.asked = {}, []
    return server


def send(both, file=None):
    both.asked.clear()
    size = len(CONTENT)
    blobs.send(Connection(both.url, "k"), "/p", "digest", size, file or io.BytesIO(CONTENT), timeout=5)
    return both.asked


def test_bytes_that_the_server_cannot_note_go_through_it(both):
    both.says["uploaded"] = 409
    assert send(both) == ["POST upload", "PUT store", "POST uploaded", "PUT digest"]
    assert send(both) == ["PUT digest"], "not direct: it is not tried again"


@pytest.mark.parametrize(("status", "again"), [(403, False), (503, False), (400, True)])
def test_a_store_that_refuses_is_not_sent_every_file_and_one_that_refuses_wrong_bytes_is(both, status, again):
    both.says["store"] = status
    assert send(both) == ["POST upload", "PUT store", "PUT digest"]
    assert send(both) == (["POST upload", "PUT store", "PUT digest"] if again else ["PUT digest"])


def test_a_file_too_large_for_the_store_leaves_the_way_to_others(both, monkeypatch):
    monkeypatch.setattr(direct, "MOST", len(CONTENT) - 1)
    assert send(both) == ["PUT digest"]
    monkeypatch.undo()
    assert send(both) == ["POST upload", "PUT store", "POST uploaded"]


def test_nobody_waits_for_the_rest_of_a_file_that_became_shorter(both):
    with pytest.raises(ServerUnreachable, match="connection lost"):
        send(both, io.BytesIO(CONTENT[:-1]))
    assert not direct._avoided


def test_a_redirection_is_no_table_of_runs(both, tmp_path):
    both.says["export"] = 307
    with pytest.raises(ApiError, match="status 307, and not as a besom server"):
        export_runs(Connection(both.url, "k"), "me", "p", tmp_path / "runs.csv")
    assert not list(tmp_path.iterdir())
