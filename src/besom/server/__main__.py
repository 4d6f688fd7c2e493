"""``python -m besom.server``: runs a server; clients that find none start it like this."""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path

from besom.errors import BesomError


def main() -> int:
    """Reads the command line; returns the exit code."""
    gc.disable()  # imports make no garbage, and looking for it takes a tenth of their time
    from besom.server.limits.settings import read_limits
    from besom.server.run import DEFAULT_PORT, run

    gc.enable()
    parser = argparse.ArgumentParser(prog="python -m besom.server", description="Runs a besom server until SIGTERM.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default: %(default)s)")
    parser.add_argument("--port", type=int, help=f"0: any free one (default: {DEFAULT_PORT}; embedded: its last one)")
    parser.add_argument("--data", type=Path, help="folder of its data (default: data in BESOM_HOME)")
    parser.add_argument("--db", help="database (default: SQLite in the data folder)")
    parser.add_argument("--db-listen", metavar="URL", help="the same PostgreSQL, past a pooler")
    parser.add_argument("--workers", type=int, default=1, help="processes; PostgreSQL only (default: %(default)s)")
    parser.add_argument("--files", help="files: a folder, or s3://BUCKET/PREFIX (default: in the data folder)")
    parser.add_argument("--files-direct", action="store_true", help="clients reach the object store by themselves")
    parser.add_argument("--embedded", type=Path, metavar="HOME", help="serve this home; a taken port gives another one")
    parser.add_argument("--lease", type=float, default=120.0, help="seconds of silence until an agent counts as lost")
    parser.add_argument("--allow-host", action="append", default=[], help="a name by which the server may be called")
    parser.add_argument("--url", help="how users reach it, if that is not how it listens")
    parser.add_argument("--proxy", action="append", default=[], help="address of a proxy that is believed")
    parser.add_argument("--limit", action="append", default=[], help="NAME=N: how much it takes on")
    parser.add_argument("--log-format", default="text", help="text or json (default: %(default)s)")
    parser.add_argument("--log-requests", action="store_true", help="print a line for each request")
    parser.add_argument("--metrics-key", type=Path, metavar="FILE", help="holds a key that opens /metrics alone")
    asked = parser.parse_args()
    try:
        run(
            host=asked.host,
            port=asked.port,
            data=asked.data,
            db=asked.db,
            db_listen=asked.db_listen,
            workers=asked.workers,
            files=asked.files,
            embedded=asked.embedded,
            lease_seconds=asked.lease,
            hosts=asked.allow_host,
            public_url=asked.url,
            proxies=asked.proxy,
            limits=read_limits(asked.limit),
            log_format=asked.log_format,
            log_requests=asked.log_requests,
            metrics_key=asked.metrics_key,
            files_direct=asked.files_direct,
        )
    except BesomError as error:
        print(f"besom: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
