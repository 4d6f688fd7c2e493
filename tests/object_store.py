"""An object store that speaks S3, on loopback, gone afterwards."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import obstore
from obstore.store import S3Store

BUCKET = "besom-test"


@contextlib.contextmanager
def object_store() -> Iterator[dict[str, str]]:
    """Runs one with an empty bucket; gives what the environment of its clients says of it."""
    from moto.server import ThreadedMotoServer  # slow to load

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        environment = {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "an-id",
            "AWS_SECRET_ACCESS_KEY": "a-secret-of-the-store",
            "AWS_REGION": "us-east-1",
        }
        make_bucket(environment)
        yield environment
    finally:
        server.stop()


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
        config={"endpoint": environment["AWS_ENDPOINT_URL"], "access_key_id": "an-id", "secret_access_key": "x"},
        client_options={"allow_http": True},
    )
    return sorted(found["path"] for page in obstore.list(store, prefix or None) for found in page)
