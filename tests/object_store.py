"""An object store that speaks S3, on loopback, gone afterwards; or, where ``BESOM_TEST_STORE`` names one, that one."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import threading
from collections.abc import Iterator
from typing import Any

import obstore
from obstore.store import S3Store

BUCKET = "besom-test"
REAL = os.environ.get("BESOM_TEST_STORE")
"""The address of a store with keys and signatures of its own; see ``make store-checks``."""


@contextlib.contextmanager
def object_store(*, checks: bool = True, busy: int = 0) -> Iterator[dict[str, str]]:
    """Runs one with an empty bucket; gives what the environment of its clients says of it.

    Args:
        checks: it refuses a body that does not have the SHA-256 of its headers, as stores do and moto does not.
        busy: So many of those bodies it refuses first because it has too much to do.
    """
    if REAL and checks:
        environment = _environment(REAL)
        make_bucket(environment)
        yield environment
        return
    from moto.server import DomainDispatcherApplication, create_backend_app  # slow to load
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log_request(self, *_: object) -> None:
            pass

    application = DomainDispatcherApplication(create_backend_app)
    served = _checking(application, busy=busy, checks=checks)
    server = make_server("127.0.0.1", 0, served, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        environment = _environment(f"http://127.0.0.1:{server.server_port}")
        make_bucket(environment)
        yield environment
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _checking(application: Any, *, busy: int, checks: bool) -> Any:
    left = iter(range(busy))

    def checked(environ: dict[str, Any], start_response: Any) -> Any:
        signed = environ.get("HTTP_X_AMZ_CONTENT_SHA256", "")
        if environ["REQUEST_METHOD"] == "PUT" and len(signed) == 64:
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))
            is_other = hashlib.sha256(body).hexdigest() != signed
            if is_other and next(left, None) is not None:
                start_response("503 Slow Down", [("Content-Type", "application/xml")])
                return [b"<Error><Code>SlowDown</Code></Error>"]
            if is_other and checks:
                start_response("400 Bad Request", [("Content-Type", "application/xml")])
                return [b"<Error><Code>XAmzContentSHA256Mismatch</Code></Error>"]
            environ["wsgi.input"] = io.BytesIO(body)
        return application(environ, start_response)

    return checked


def _environment(address: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "an-id",
        "AWS_SECRET_ACCESS_KEY": "a-secret-of-the-store",
        "AWS_REGION": "us-east-1",
    }


def make_bucket(environment: dict[str, str]) -> None:
    import boto3

    boto3.client(
        "s3",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        region_name=environment["AWS_REGION"],
    ).create_bucket(Bucket=BUCKET)


def objects(environment: dict[str, str], prefix: str = "") -> list[str]:
    """Keys of all objects of the bucket below a prefix."""
    store = S3Store(
        BUCKET,
        config={
            "endpoint": environment["AWS_ENDPOINT_URL"],
            "access_key_id": environment["AWS_ACCESS_KEY_ID"],
            "secret_access_key": environment["AWS_SECRET_ACCESS_KEY"],
        },
        client_options={"allow_http": True},
    )
    return sorted(found["path"] for page in obstore.list(store, prefix or None) for found in page)
