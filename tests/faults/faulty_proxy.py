"""A proxy between clients and server that does to whole requests what networks do, as somebody decides for each."""

from __future__ import annotations

import contextlib
import enum
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

UPSTREAM_SECONDS = 60.0
_PASSED_ON = ("Content-Type", "Content-Encoding", "Retry-After")


class Fault(enum.Enum):
    """What happens to a request."""

    NONE = "none"
    DROP_REQUEST = "the server never hears of it"
    CUT_REQUEST = "the server hears half of it"
    DROP_ANSWER = "the server does it, and the client never hears so"
    CUT_ANSWER = "the client hears half of the answer"
    REPEAT = "the server hears it twice, the second time when the client has its answer already"


@dataclass(frozen=True, slots=True)
class Fate:
    """What is decided for a request."""

    fault: Fault = Fault.NONE
    before: float = 0.0
    """Seconds until the server hears of it: so requests overtake each other."""
    after: float = 0.0
    """Seconds until it is heard once more, for ``REPEAT``."""
    answered: Callable[[], None] | None = None
    """Called when the server has answered, and the client does not know yet."""


Decide = Callable[[str, str, bytes], Fate]
"""Method, path with query, and body of a request → what is to happen to it. Called in many threads."""


class FaultyProxy:
    """Serves at ``url`` between ``with`` and its end; ``upstream`` (the server's address) may be changed meanwhile."""

    def __init__(self, upstream: str, decide: Decide, *, at: str = "127.0.0.1") -> None:
        self.upstream = upstream
        self.decide = decide
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                self.close_connection = not proxy._pass_on(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = _Server((at, 0), Handler)
        self.url = f"http://{at}:{self._server.server_address[1]}"

    def __enter__(self) -> FaultyProxy:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _pass_on(self, client: BaseHTTPRequestHandler) -> bool:
        """One request; False when its connection is to be closed without another word."""
        body = client.rfile.read(int(client.headers.get("Content-Length", 0)))
        # Of its own: the next request of the connection changes the handler, and this one may be repeated after that.
        asked = _Request(client.command, client.path, dict(client.headers.items()), body)
        fate = self.decide(asked.method, asked.path, body)
        time.sleep(fate.before)
        if fate.fault is Fault.DROP_REQUEST:
            return False
        try:
            status, headers, content = self._ask(asked, half=fate.fault is Fault.CUT_REQUEST)
        except (OSError, HTTPException):
            return False
        if fate.answered is not None:
            fate.answered()
        if fate.fault is Fault.REPEAT:
            threading.Thread(target=self._repeat, args=(asked, fate.after), daemon=True).start()
        if fate.fault is Fault.DROP_ANSWER:
            return False
        client.send_response(status)
        for name, value in headers.items():
            client.send_header(name, value)
        if status != 204:
            client.send_header("Content-Length", str(len(content)))
        client.end_headers()
        if fate.fault is Fault.CUT_ANSWER:
            content = content[: len(content) // 2]
        with contextlib.suppress(OSError):  # the client has died meanwhile
            client.wfile.write(content)
            return fate.fault is not Fault.CUT_ANSWER
        return False

    def _ask(self, asked: _Request, *, half: bool = False) -> tuple[int, dict[str, str], bytes]:
        host = urlsplit(self.upstream).netloc
        upstream = HTTPConnection(host, timeout=UPSTREAM_SECONDS)
        headers = {**asked.headers, "Host": host}
        with contextlib.closing(upstream):
            if half:
                upstream.putrequest(asked.method, asked.path, skip_host=True, skip_accept_encoding=True)
                for name, value in headers.items():
                    upstream.putheader(name, value)
                upstream.endheaders(asked.body[: len(asked.body) // 2] or None)
                raise ConnectionAbortedError
            upstream.request(asked.method, asked.path, asked.body, headers)
            answer = upstream.getresponse()
            passed_on = {name: value for name in _PASSED_ON if (value := answer.headers.get(name))}
            return answer.status, passed_on, answer.read()

    def _repeat(self, asked: _Request, seconds: float) -> None:
        time.sleep(seconds)
        with contextlib.suppress(OSError, HTTPException):
            self._ask(asked)


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_: object) -> None:
        """A client that was killed in the middle of a request is what this is for."""
