"""Saved views and reports: kept with the project, and never overwritten unseen."""

from __future__ import annotations

import pytest
from server_world import Refused, World

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True

PATH = "/projects/ann/demo/documents"


async def test_a_view_is_kept_changed_listed_and_deleted(world: World) -> None:
    content = {"columns": ["lr", "loss"], "filter": {"state": "finished"}}
    made = await world.call("POST", PATH, {"kind": "view", "title": " Best ones ", "content": content})
    assert (made["title"], made["version"], made["creator"]) == ("Best ones", 1, "ann")
    await world.call("POST", PATH, {"kind": "report", "title": "Why", "content": {"markdown": "# Because"}})
    world.clock.advance(60)
    bob = world.user("bob", "admin")
    change = {"title": "The best", "content": {}, "version": 1}
    changed = await bob.call("PUT", f"{PATH}/{made['id']}", change)
    assert (changed["version"], changed["editor"], changed["creator"]) == (2, "bob", "ann")
    listed = (await world.call("GET", PATH))["documents"]
    assert [(found["title"], "content" in found) for found in listed] == [("The best", False), ("Why", False)]
    assert [found["title"] for found in (await world.call("GET", f"{PATH}?kind=report"))["documents"]] == ["Why"]
    assert (await world.call("GET", f"{PATH}/{made['id']}"))["content"] == {}
    await world.call("DELETE", f"{PATH}/{made['id']}")
    with pytest.raises(Refused) as refused:
        await world.call("GET", f"{PATH}/{made['id']}")
    assert refused.value.status == 404


async def test_whoever_is_slower_is_told_and_overwrites_nothing(world: World) -> None:
    made = await world.call("POST", PATH, {"kind": "view", "title": "V", "content": {"a": 1}})
    path = f"{PATH}/{made['id']}"
    await world.call("PUT", path, {"title": "V", "content": {"a": 2}, "version": 1})
    with pytest.raises(Refused, match="changed by ann meanwhile") as refused:
        await world.call("PUT", path, {"title": "V", "content": {"a": 3}, "version": 1})
    assert (refused.value.status, refused.value.code) == (409, "document_changed")
    assert (await world.call("GET", path))["content"] == {"a": 2}
    await world.call("POST", PATH, {"kind": "arrangement", "title": "For all", "content": {"kept": {}}})
    with pytest.raises(Refused, match="arranged for everybody already, by ann") as refused:
        await world.call("POST", PATH, {"kind": "arrangement", "title": "For all", "content": {"kept": {}}})
    assert (refused.value.status, refused.value.code) == (409, "arrangement_exists")


async def test_what_is_too_large_has_no_title_or_is_not_the_callers_is_refused(world: World) -> None:
    huge = {"text": "x" * (1 << 20)}
    for body, field in (
        ({"kind": "view", "title": "V", "content": huge}, "content"),
        ({"kind": "view", "title": "  ", "content": {}}, "title"),
        ({"kind": "view", "title": "t" * 201, "content": {}}, "title"),
    ):
        with pytest.raises(Refused) as refused:
            await world.call("POST", PATH, body)
        assert (refused.value.status, refused.value.error["field"]) == (422, field)
    made = await world.call("POST", PATH, {"kind": "view", "title": "V", "content": {}})
    viewer, stranger = world.user("eve", "viewer"), world.user("joe", "member")
    with pytest.raises(Refused) as refused:
        await viewer.call("DELETE", f"{PATH}/{made['id']}")
    assert refused.value.status == 403
    with pytest.raises(Refused) as refused:
        await stranger.call("GET", f"{PATH}/{made['id']}")
    assert refused.value.status == 404
    await world.call("PUT", "/projects/ann/other")
    with pytest.raises(Refused) as refused:  # a document is found in its own project alone
        await world.call("GET", f"/projects/ann/other/documents/{made['id']}")
    assert refused.value.code == "document_not_found"
