"""A proxy that passes every request on, and loses the first answer of each kind on its way back."""

import re
import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import urlsplit


class ForgetfulProxy:
    """Serves at ``url`` between ``with`` and its end. ``lost`` holds the requests whose answers never arrived."""

    def __init__(self, server: str, lose: str) -> None:
        """Loses the first answer to each path (and body) that matches ``lose``."""
        self.lost: list[str] = []
        proxy, pattern, host = self, re.compile(lose), urlsplit(server).netloc
        seen: set[tuple[str, bytes]] = set()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                upstream = HTTPConnection(host, timeout=60)
                upstream.request(self.command, self.path, body, {**self.headers, "Host": host})
                answer = upstream.getresponse()
                content = answer.read()
                upstream.close()
                if pattern.search(self.path) and (self.path, body) not in seen:
                    seen.add((self.path, body))
                    proxy.lost.append(self.path)
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name in ("Content-Type", "Retry-After"):
                    if value := answer.headers.get(name):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_DELETE = handle_any

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "ForgetfulProxy":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
