"""``besom share``: a link for readers without a key."""

import json
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from test_cli_sweep import create


def read(link: str) -> dict:
    """What somebody who has the link is told of the sweep."""
    with urlopen(f"{link}/api/v1/sweeps/{link.split('/')[4]}") as answer:
        return json.load(answer)


def test_a_link_is_printed_renewed_and_ended(user):
    path = create(user, "-p", "shared")
    first = user.besom("share", path)
    assert (first.code, user.besom("share", path).out) == (0, first.out)
    assert "this machine alone" in first.err
    link = first.out.strip()
    assert read(link)["id"] == path.split("/")[-1]

    renewed = user.besom("share", path, "--renew").out.strip()
    assert read(renewed)["project"] == "shared"
    with pytest.raises(HTTPError, match="403"):
        read(link)

    assert json.loads(user.besom("share", path, "--json").out) == {"id": path.split("/")[-1], "url": renewed}
    assert "Nobody can read" in user.besom("share", path, "--off").out
    with pytest.raises(HTTPError, match="403"):
        read(renewed)
    assert "one of the two" in user.fails("share", path, "--off", "--renew")
