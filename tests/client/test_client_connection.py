"""Against real servers that are not besom's, and against nobody."""

import contextlib
import http.server
import socket

import pytest

from besom.client.connection import _SOCKET_OPTIONS, Connection, segment
from besom.errors import ApiError, CommError, ServerUnreachable
from besom.protocol import Viewer


class Answers(http.server.BaseHTTPRequestHandler):
    """Gives the answers of ``server.answers`` one after the other, the last one for ever."""

    def do_GET(self):
        answers = self.server.answers
        status, body = answers.pop(0) if len(answers) > 1 else answers[0]
        self.server.asked += 1
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def other(serve):
    server = serve(Answers)
    server.asked = 0
    return server


VIEWER = b'{"name": "me", "entity": "me", "role": "admin", "server_version": "1"}'


def test_nobody_at_the_address_is_said_with_the_cause():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(ServerUnreachable, match="connection refused"):
            Connection(f"http://127.0.0.1:{port}", "key").request("GET", "/viewer")


@pytest.mark.parametrize("page", [b"<html>not here</html>", b'"\xe9"', b"[" * 100_000])
def test_a_page_of_another_server_is_not_taken_for_an_answer(other, page):
    other.answers = [(404, page)]
    with pytest.raises(ApiError, match="not as a besom server does") as caught:
        Connection(other.url, "key").request("GET", "/viewer", reply=Viewer)
    assert caught.value.code == "not_besom"


def test_an_answer_of_another_shape_is_an_error_with_advice(other):
    other.answers = [(200, b'{"name": 3}'), (200, b'{"name": "\xe9"}')]
    for _ in range(2):
        with pytest.raises(CommError, match="does not understand"):
            Connection(other.url, "key").request("GET", "/viewer", reply=Viewer)


def test_a_busy_server_is_asked_again_while_there_is_patience(other):
    other.answers = [(503, b""), (503, b""), (200, VIEWER)]
    viewer = Connection(other.url, "key").request("GET", "/viewer", reply=Viewer, patience=10)
    assert (viewer.name, other.asked) == ("me", 3)


def test_without_patience_it_is_asked_once(other):
    other.answers = [(503, b"")]
    with pytest.raises(ApiError):
        Connection(other.url, "key").request("GET", "/viewer", reply=Viewer)
    assert other.asked == 1


def test_a_server_that_says_it_is_busy_is_asked_again_whatever_the_patience_but_not_with_none(other):
    busy = b'{"error": {"code": "busy", "message": "later"}}'
    other.answers = [(503, busy), (429, busy), (200, VIEWER)]
    assert Connection(other.url, "key").request("GET", "/viewer", reply=Viewer).name == "me"
    other.answers = [(429, busy)]
    with pytest.raises(ApiError, match="later"):
        Connection(other.url, "key").request("GET", "/viewer", reply=Viewer, patience=0)
    assert other.asked == 4


def test_a_server_whose_machine_is_gone_without_a_word_is_not_waited_for_in_vain(other):
    other.answers = [(200, VIEWER)]
    connection = Connection(f"http://127.0.0.1:{other.server_port}", "key")
    with contextlib.closing(connection._pool.connection_from_url(connection.url)._new_conn()) as made:
        made.connect()
        asked = [made.sock.getsockopt(level, name) for level, name, _ in _SOCKET_OPTIONS]
    assert [bool(value) for value in asked] == [True] * len(asked)
    idle, between, times = (made for _, _, made in _SOCKET_OPTIONS[-3:])
    assert idle + between * times <= 30


def test_text_cannot_leave_its_place_in_an_address():
    assert segment("a/b ?#%") == "a%2Fb%20%3F%23%25"
