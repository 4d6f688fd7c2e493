"""Who comes by a link sees one sweep, whichever way is tried."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from server_world import RANDOM, Refused, World, exit_record, history, line

from besom.server.api.events import event_lines
from besom.server.limits.limiter import Limiter
from besom.server.limits.settings import Limits
from besom.server.services.live import Change

pytestmark = pytest.mark.anyio

SWEEP = "/api/v1/sweeps/{sweep_id}"
PROJECT = "/api/v1/projects/{entity}/{project}"
RUN = PROJECT + "/runs/{run_id}"

# What readers may get: the query it takes, and the answer where the same is asked of what is not the link's.
READS = {
    "/": ("", 200),
    "/{path}": ("", 200),
    "/api/v1/viewer": ("", 200),
    SWEEP: ("", 404),
    SWEEP + "/agents": ("", 404),
    SWEEP + "/agents/load": ("", 404),
    SWEEP + "/curves": ("?key=loss", 404),
    SWEEP + "/events": ("", 404),
    SWEEP + "/importance": ("", 404),
    SWEEP + "/rungs": ("", 404),
    SWEEP + "/versions": ("", 404),
    PROJECT + "/curves": ("?keys=loss&runs={run_id}", 200),
    PROJECT + "/extremes": ("?key=loss&sweep={sweep_id}", 403),
    PROJECT + "/runs": ("?sweep={sweep_id}&since=0", 403),
    PROJECT + "/runs/export": ("?sweep={sweep_id}", 403),
    RUN: ("", 404),
    RUN + "/artifacts": ("", 404),
    RUN + "/curves": ("?keys=loss", 404),
    RUN + "/details": ("", 404),
    RUN + "/events": ("", 404),
    RUN + "/files": ("", 404),
    RUN + "/files/{path}": ("", 404),
    RUN + "/history": ("", 404),
    RUN + "/output": ("", 404),
    RUN + "/system": ("", 404),
}
WATCH = "/api/v1/events"  # an answer without an end: see the test of the live stream

REFUSED = """
POST /api/{path} · GET /api/{path} · PUT /api/{path} · PATCH /api/{path} · DELETE /api/{path}
POST /api/v1/session · DELETE /api/v1/session · POST /api/v1/tickets · GET /api/v1/openapi.json · GET /api/v1/search
GET /api/v1/projects · GET PROJECT · PUT PROJECT · DELETE PROJECT · GET PROJECT/importance
POST PROJECT/pool · DELETE PROJECT/pool/{pool_id} · POST PROJECT/pool/{pool_id}/next
POST PROJECT/pool/{pool_id}/heartbeat
GET PROJECT/sweeps · POST PROJECT/sweeps · POST PROJECT/sweeps/guess · POST /api/v1/configs/check
PATCH SWEEP · DELETE SWEEP · GET SWEEP/code · PUT SWEEP/config · POST SWEEP/queue · POST SWEEP/state
POST SWEEP/versions · POST SWEEP/agents · GET SWEEP/link · PUT SWEEP/link · DELETE SWEEP/link
POST AGENT/next · POST AGENT/heartbeat · POST AGENT/runs/{run_id}/exit · DELETE AGENT/runs/{run_id}
DELETE AGENT · POST AGENT/release
POST PROJECT/runs · POST PROJECT/runs/changes · PATCH RUN · DELETE RUN · POST RUN/stop · POST RUN/stream
POST RUN/files · DELETE RUN/files/{path} · POST RUN/artifacts · GET RUN/artifacts/used
POST RUN/artifacts/used
POST PROJECT/blobs/missing · PUT PROJECT/blobs/{digest} · GET PROJECT/blobs/{digest}
POST PROJECT/blobs/{digest}/upload · POST PROJECT/blobs/{digest}/uploaded
POST PROJECT/artifacts · GET PROJECT/artifacts · GET PROJECT/artifacts/{name} · GET PROJECT/artifacts/{name}/runs
GET /api/v1/users · POST /api/v1/users · PATCH /api/v1/users/{name} · POST /api/v1/users/{name}/link
GET /api/v1/users/{name}/keys · DELETE /api/v1/users/{name}/keys/{key_id} · DELETE /api/v1/users/{name}/sessions
GET /api/v1/keys · POST /api/v1/keys · DELETE /api/v1/keys/{key_id} · GET /api/v1/audit
GET /api/v1/teams · PUT TEAM · GET TEAM · DELETE TEAM · PUT TEAM/members/{user} · DELETE TEAM/members/{user}
POST TEAM/invitations · DELETE TEAM/invitations/{invitation_id}
POST /api/v1/invitations/look · POST /api/v1/invitations/accept
GET PROJECT/documents · POST PROJECT/documents
GET PROJECT/documents/{document_id} · PUT PROJECT/documents/{document_id} · DELETE PROJECT/documents/{document_id}
GET PROJECT/documents/{document_id}/link · PUT PROJECT/documents/{document_id}/link
DELETE PROJECT/documents/{document_id}/link
"""


def refused() -> set[str]:
    words = {"PROJECT": PROJECT, "SWEEP": SWEEP, "RUN": RUN, "AGENT": "/api/v1/agents/{agent_id}"}
    words["TEAM"] = "/api/v1/teams/{team}"
    found = set()
    for row in REFUSED.replace("\n", " · ").split(" · "):
        if row:
            method, _, path = row.partition(" ")
            head, slash, rest = path.partition("/")
            found.add(f"{method} {words.get(head, head)}{slash}{rest}")
    return found


class Scene:
    """A sweep with a link and a run; beside it, in the same project, what the link does not show."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = world.client_with({})

    async def build(self) -> Scene:
        world = self.world
        self.sweep, self.other = await world.sweep(RANDOM), await world.sweep(RANDOM, display_name="hidden sweep")
        await self._run(self.sweep, "inside", "an open word")
        await self._run(self.other, "beside", "hidden word")
        await self._run(None, "alone", "hidden word")
        self.link = await self.make()
        return self

    async def _run(self, sweep: str | None, name: str, said: str) -> None:
        digest = hashlib.sha256(said.encode()).hexdigest()
        await self.world.client.put(f"/api/v1/projects/ann/demo/blobs/{digest}", content=said.encode())
        if sweep is None:
            run = "alone"
        else:
            agent = await self.world.join(sweep)
            run = (await self.world.next(agent))["run_id"]
        at = (await self.world.begin(run, sweep, config={"said": said}))["offset"]
        file = {"type": "file", "path": "notes.txt", "digest": digest, "size": len(said)}
        printed = {"type": "output", "line": 0, "lines": [said], "time": 6.0}
        spool = history(0, {"loss": 1.0}) + line(file) + line(printed) + exit_record(0)
        await self.world.send(run, spool, at)
        setattr(self, name, run)

    async def make(self) -> str:
        url = (await self.world.call("PUT", f"/sweeps/{self.sweep}/link"))["url"]
        return urlsplit(url).path

    async def get(self, path: str, **options) -> httpx.Response:
        return await self.client.get(self.link + path, **options)

    def path(self, template: str, *, own: bool = True, run: str | None = None) -> str:
        values = {
            "entity": "ann",
            "project": "demo",
            "sweep_id": self.sweep if own else self.other,
            "run_id": run or (self.inside if own else self.beside),
            "path": "notes.txt",
            "agent_id": "a" * 12,
            "digest": hashlib.sha256(b"hidden word").hexdigest(),
            "name": "set:v0",
            "document_id": "d",
        }
        return template.format_map(defaultdict(lambda: "1", values))


@pytest.fixture
async def scene(world: World) -> Scene:
    return await Scene(world).build()


async def test_every_route_is_open_to_readers_or_refused_as_the_table_says(scene: Scene) -> None:
    routes = {
        f"{method} {route.path_format}"
        for route in scene.client._transport.app.routes
        for method in route.methods
        if method not in ("HEAD", "OPTIONS")
    }
    open_to_readers = {f"GET {template}" for template in (*READS, WATCH)}
    # Besides: the page, signing in, W&B's client, signed addresses. Of these only the page is open.
    of_the_api = {route for route in routes if route.split(" ")[1].startswith("/api/")}
    assert of_the_api | {"GET /", "GET /{path}"} == open_to_readers | refused()
    for route in [*sorted(routes - open_to_readers), "OPTIONS " + SWEEP, "POST /{path}"]:
        method, template = route.split(" ")
        reply = await scene.client.request(method, scene.link + scene.path(template))
        if route == "POST /{path}":
            assert reply.status_code == 405
        else:
            assert reply.status_code == 403, route
            assert "This link lets look at one sweep and change nothing." in reply.text, route


async def test_a_reader_sees_the_sweep_and_nothing_beside_it(scene: Scene) -> None:
    for template, (query, status) in READS.items():
        reply = await scene.get(scene.path(template + query))
        assert reply.status_code == 200, (template, reply.text)
        assert "hidden" not in reply.text, template
        for run in (scene.beside, scene.alone, "none"):
            reply = await scene.get(scene.path(template + query, own=False, run=run))
            assert reply.status_code == status, (template, reply.text)
            assert "hidden" not in reply.text, template
    assert (await scene.get(scene.path(RUN + "/files/{path}"))).text == "an open word"
    assert (await scene.get("/api/v1/projects/ann/demo/runs")).status_code == 403
    assert (await scene.get(f"/api/v1/projects/ann/demo/runs?sweep={scene.sweep}&deleted=true")).status_code == 403
    assert (await scene.get(scene.path(SWEEP.replace("{sweep_id}", "none")))).status_code == 404
    both = f"keys=loss&runs={scene.beside}&runs={scene.inside}&runs={scene.alone}"
    curves = (await scene.get(f"/api/v1/projects/ann/demo/curves?{both}")).json()["curves"]
    assert [curve["run_id"] for curve in curves] == [scene.inside]
    await scene.world.call("DELETE", f"/projects/ann/demo/runs/{scene.beside}")
    await scene.world.call("DELETE", f"/projects/ann/demo/runs/{scene.inside}")
    page = (await scene.get(f"/api/v1/projects/ann/demo/runs?sweep={scene.sweep}&since=0")).json()
    assert (page["runs"], page["deleted"]) == ([], [scene.inside])


async def test_only_the_link_counts_behind_it(scene: Scene) -> None:
    owner = scene.world.client
    assert (await owner.get(scene.link + f"/api/v1/sweeps/{scene.other}")).status_code == 404
    assert (await owner.get(scene.link + "/api/v1/projects")).status_code == 403
    assert (await owner.get(scene.link + "/api/v1/viewer")).json()["role"] == "viewer"
    assert (await scene.client.get(f"/api/v1/sweeps/{scene.sweep}")).status_code == 401
    for path in (scene.link + scene.link, scene.link + "/storage/x", scene.link + "/graphql"):
        assert scene.sweep not in (await scene.client.get(path)).text
    wrong = scene.link[:-1] + ("0" if scene.link[-1] != "0" else "1")
    for prefix in (wrong, scene.link.replace(scene.sweep, scene.other), f"/shared/none/{scene.link[-40:]}"):
        reply = await scene.client.get(f"{prefix}/api/v1/sweeps/{scene.sweep}")
        assert (reply.status_code, reply.json()["error"]["code"]) == (403, "link_over")


async def test_a_link_is_kept_until_it_is_ended_and_the_next_one_is_another(scene: Scene) -> None:
    world, route = scene.world, f"/sweeps/{scene.sweep}/link"
    shown = await world.call("GET", route)
    assert shown == {"url": f"http://127.0.0.1:7878{scene.link}", "creator": "ann", "created": world.clock.now}
    assert await world.call("PUT", route) == shown
    viewer = f"{scene.link}/api/v1/viewer"
    assert (await scene.client.get(viewer)).status_code == 200
    await world.call("DELETE", route)
    await world.call("DELETE", route)
    assert (await scene.client.get(viewer)).status_code == 403
    assert (await world.call("GET", route))["url"] is None
    again = await scene.make()
    assert again != scene.link
    assert (await scene.client.get(viewer)).status_code == 403
    assert (await scene.client.get(f"{again}/api/v1/viewer")).status_code == 200
    kinds = [event["kind"] for event in await world.events(scene.sweep)]
    assert [kind for kind in kinds if "shared" in kind] == ["sweep.shared", "sweep.unshared", "sweep.shared"]
    renewed = urlsplit((await world.call("PUT", f"{route}?renew=true"))["url"]).path
    assert (await scene.client.get(f"{again}/api/v1/viewer")).status_code == 403
    again = renewed
    assert (await scene.client.get(f"{again}/api/v1/viewer")).status_code == 200
    await world.call("DELETE", f"/sweeps/{scene.sweep}")
    assert (await scene.client.get(f"{again}/api/v1/viewer")).status_code == 403


async def test_only_who_may_change_a_sweep_gives_it_away(scene: Scene) -> None:
    for user, status in ((scene.world.user("eve", "viewer"), 403), (scene.world.user("bob", "member"), 404)):
        for method in ("GET", "PUT", "DELETE"):
            with pytest.raises(Refused) as no:
                await user.call(method, f"/sweeps/{scene.sweep}/link")
            assert no.value.status == status
    assert (await scene.get("/api/v1/viewer")).status_code == 200


async def test_a_link_is_as_good_as_what_its_giver_may_see(world: World) -> None:
    bob = world.user("bob", "member")
    sweep = (await bob.call("POST", "/projects/team/x/sweeps", {"config": RANDOM}))["sweep"]["id"]
    link = urlsplit((await bob.call("PUT", f"/sweeps/{sweep}/link"))["url"]).path
    address = f"{link}/api/v1/sweeps/{sweep}"
    assert (await world.client.get(address)).status_code == 200
    await world.call("PUT", "/teams/team/members/ann", {"role": "admin"})
    await bob.call("DELETE", "/teams/team/members/bob")
    assert (await world.client.get(address)).json()["error"]["code"] == "link_over"


async def test_the_address_is_kept_to_itself(scene: Scene) -> None:
    page = await scene.get("/ann/demo")
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    answer = await scene.get(f"/api/v1/sweeps/{scene.sweep}")
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-origin" not in (await scene.get("/storage/x")).headers
    database = scene.world.store.url.database
    if scene.world.store.url.drivername.startswith("sqlite"):
        files = Path(database).parent.glob(f"{Path(database).name}*")
        assert scene.link[-40:].encode() not in b"".join(file.read_bytes() for file in files)


async def test_what_comes_by_links_is_limited_by_the_address_and_streams_by_the_link(scene: Scene) -> None:
    state = scene.client._transport.app.state
    state.limiter = Limiter(Limits(rate=1, streams=1), lambda: 0.0, lambda: 0)
    wrong = scene.link[:-1] + ("0" if scene.link[-1] != "0" else "1")
    sent = [
        (
            await scene.client.get(link + scene.path(SWEEP + "/events"), headers={"Authorization": f"Bearer {number}"})
        ).status_code
        for number, link in enumerate([scene.link, wrong, scene.link, wrong])
    ]
    assert sent == [200, 403, 429, 429]
    stream = "/api/v1/events?entity=ann&project=demo"
    with state.limiter.watching(tuple(scene.link.split("/")[2:])):
        assert (await scene.get(stream)).status_code == 429
        assert (await scene.client.get(wrong + stream)).status_code == 403, "another link was counted with it"


async def nobody_looks() -> None:
    raise AssertionError("what a reader sees follows from the link")


async def test_the_live_stream_of_a_reader_tells_of_the_sweep_and_ends_with_the_link(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = scene.world
    assert (await scene.get("/api/v1/events?entity=ann&project=other")).status_code == 404
    reader = await world.services.links.reader(scene.sweep, scene.link[-40:])
    stream = event_lines(world.services, reader, reader.bounds.project_id, nobody_looks)
    assert (await anext(stream)).startswith(b":")
    links, looked = world.services.links, asyncio.Event()
    changes_for = links.changes_for

    async def look(*asked: Any) -> Any:
        seen = await changes_for(*asked)
        looked.set()
        return seen

    monkeypatch.setattr(links, "changes_for", look)
    following = asyncio.create_task(anext(stream))
    await world.call("PATCH", f"/projects/ann/demo/runs/{scene.beside}", {"notes": "before"})
    await asyncio.wait_for(looked.wait(), 30)  # nothing is told of that
    for run in (scene.beside, scene.inside):
        await world.call("PATCH", f"/projects/ann/demo/runs/{run}", {"notes": "changed"})
    agent, _ = await world.join(scene.sweep), await world.join(scene.other)
    told = await following
    while agent.encode() not in told:
        told += await anext(stream)
    assert b"event: beat" not in told
    changes = [json.loads(text[6:]) for text in told.decode().splitlines() if text.startswith("data: ")]
    assert {(change["kind"], change["id"]) for change in changes} == {("run", scene.inside), ("agent", agent)}
    await world.call("DELETE", f"/sweeps/{scene.sweep}/link")
    await scene.make()  # another link does not keep the stream
    assert [piece async for piece in stream] == []


# What readers of a report may get, and the answer where it is asked of a sweep that the report does not show.
OF_REPORTS = {
    "/": ("", 200),
    "/{path}": ("", 200),
    "/api/v1/viewer": ("", 200),
    PROJECT + "/documents/{document_id}": ("", 404),
    SWEEP: ("", 404),
    SWEEP + "/curves": ("?key=loss", 404),
    SWEEP + "/importance": ("", 404),
    SWEEP + "/rungs": ("", 404),
    PROJECT + "/curves": ("?keys=loss&runs={run_id}", 200),
    PROJECT + "/extremes": ("?key=loss&sweep={sweep_id}", 403),
    PROJECT + "/runs": ("?sweep={sweep_id}&since=0", 403),
}


async def test_a_reader_of_a_report_sees_it_and_what_its_panels_draw_until_the_link_or_the_panel_is_gone(
    scene: Scene,
) -> None:
    world, documents = scene.world, "/projects/ann/demo/documents"
    shown, hidden = f"```curves\nsweep: {scene.sweep}\n```", f"sweep: {scene.other}"
    text = f"# Open\n\n{shown}\n\n{hidden}\n\n```python\n{hidden}\n```\n"
    content = {"markdown": text}
    report = await world.call("POST", documents, {"kind": "report", "title": "Open", "content": content})
    view = await world.call("POST", documents, {"kind": "view", "title": "hidden", "content": {}})
    route = f"{documents}/{report['id']}/link"
    assert (await world.call("GET", route))["url"] is None
    page = urlsplit((await world.call("PUT", route))["url"]).path
    assert urlsplit((await world.call("PUT", route))["url"]).path == page
    link = page.removesuffix(f"/ann/demo/reports/{report['id']}")
    with pytest.raises(Refused, match="is no report") as no:
        await world.call("PUT", f"{documents}/{view['id']}/link")
    assert no.value.status == 422

    def path(template: str, document: str, **options: Any) -> str:
        return link + scene.path(template.replace("{document_id}", document), **options)

    routes = [
        f"{method} {route.path_format}"
        for route in scene.client._transport.app.routes
        for method in route.methods
        if method not in ("HEAD", "OPTIONS")
    ]
    for one in sorted({*routes} - {f"GET {template}" for template in (*OF_REPORTS, WATCH)}):
        method, template = one.split(" ")
        reply = await scene.client.request(method, path(template, report["id"]))
        assert reply.status_code == 403, one
        assert "This link lets look at one report and change nothing." in reply.text, one
    for template, (query, status) in OF_REPORTS.items():
        reply = await scene.client.get(path(template + query, report["id"]))
        assert reply.status_code == 200, (template, reply.text)
        assert "hidden" not in reply.text, template
        reply = await scene.client.get(path(template + query, view["id"], own=False))
        assert reply.status_code in (status, 403), (template, reply.text)
        assert "hidden" not in reply.text, template
    assert (await scene.client.get(scene.link + scene.path(SWEEP))).status_code == 200, "the sweep's own link"
    crossed = f"/shared/reports/{report['id']}/{scene.link[-40:]}/api/v1/viewer"
    assert (await scene.client.get(crossed)).json()["error"]["code"] == "link_over"

    reader = await world.services.report_links.reader(report["id"], link[-40:])
    changes_for = world.services.report_links.changes_for
    told = [
        Change(kind, name, 1)
        for kind, name in (
            ("run", scene.inside),
            ("run", scene.beside),
            ("sweep", scene.other),
            ("document", report["id"]),
            ("agent", "a"),
        )
    ]
    seen = await changes_for(reader.bounds, told)
    assert [change.id for change in seen] == [scene.inside, report["id"]]

    wider = {"title": "Open", "content": {"markdown": f"{text}\n```runs\n{hidden}\n```"}, "version": report["version"]}
    report = await world.call("PUT", f"{documents}/{report['id']}", wider)
    entry = (await world.call("GET", "/audit?limit=1"))["entries"][0]
    opened = ("link.widened", f"report {report['id']}", f"also shows sweep {scene.other}")
    assert (entry["action"], entry["subject"], entry["detail"]) == opened
    change = {"title": "Open", "content": {"markdown": "no panels"}, "version": report["version"]}
    await world.call("PUT", f"{documents}/{report['id']}", change)
    assert (await world.call("GET", "/audit?limit=1"))["entries"][0]["id"] == entry["id"]
    assert (await scene.client.get(path(SWEEP, report["id"]))).status_code == 404
    document = path(PROJECT + "/documents/{document_id}", report["id"])
    assert (await scene.client.get(document)).status_code == 200
    await world.call("DELETE", route)
    assert (await scene.client.get(document)).json()["error"]["code"] == "link_over"
    assert await changes_for(reader.bounds, told) is None
    with pytest.raises(Refused) as no:
        await world.user("eve", "viewer").call("PUT", route)
    assert no.value.status == 403
