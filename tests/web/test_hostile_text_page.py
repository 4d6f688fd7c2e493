"""Whatever people and programs write stays text: no script of theirs runs, and no other host hears of it."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
import text_fields
from filling import Filler, Place
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

WATCH = """
window.broken = [];
for (const name of ["alert", "confirm", "prompt"]) window[name] = () => window.broken.push(name);
document.addEventListener("securitypolicyviolation", (event) => window.broken.push(event.violatedDirective));
"""
FOUND = """() => [
    ...window.broken,
    ...(window.pwned ? ["a script ran: " + window.pwned] : []),
    ...[...document.querySelectorAll("[onerror], [onload], iframe:not([sandbox]), script:not([src])")],
    ...[...document.querySelectorAll("[src]")].filter((element) => new URL(element.src).host === "evil"),
    ...[...document.querySelectorAll("[href], [action], [formaction]")].filter((element) =>
        /^(javascript|data|vbscript):/i.test(element.getAttribute("href") ?? element.getAttribute("action") ?? "")),
].map((found) => found.outerHTML ?? found)"""
MARK = "<script>window.pwned"
"""In every hostile text."""
NEVER_SHOWN = {
    # Names of what there is already, and secrets: where they name nothing, the request is refused.
    *("InvitationSecret.secret", "Acceptance.secret", "NewKey.sweep_id", "NewRun.agent_id", "NewRun.sweep_id"),
    *("NewSweep.prior_runs", "NewSweep.prior_sweeps", "EndedRun.run_id", "RunSelection.runs", "RunSelection.sweep"),
    *("RunsChange.runs", "RunsChange.sweep", "RunsChange.to", "Blobs.digests", "FileEntry.digest", "FileRecord.digest"),
    *("Heartbeat.holding", "NextRequest.holding", "PoolRequest.holding", "PoolRequest.without"),
    # Names that addresses are made of: few signs are allowed in them.
    *("Acceptance.name", "NewUser.name", "NewRun.id", "NewPoint.id", "NewArtifact.name"),
    *("InitRecord.entity", "InitRecord.project"),
    *("ArtifactUse.entity", "ArtifactUse.project", "ArtifactUse.name"),
    # Not kept.
    *(
        "ConfigText.text",
        "NewSweep.prior_filter",
        "RunSelection.filter",
        "RunsChange.filter",
        "NewTicket.path",
        "NewRun.spool",
    ),
}
KEPT_AS = {
    "DocumentChange.": "NewDocument.",
    "EndedRun.": "RunExit.",
    "RunLabels.": "NewRun.",
    "RunsChange.": "NewRun.",
    "ConfigRecord.data": "NewRun.config",
    "FileEntry.path": "FileRecord.path",
}
"""Fields that change what others have written: in the same place, shown alike."""
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='top.pwned=1'><script>top.pwned='svg'</script></svg>"
HTML = b"<h1>Framed</h1><script>try { top.pwned = 'html'; parent.document.title = 'pwned' } catch {}</script>"


def hostile(field: str) -> str:
    """What a field of this name is filled with."""
    return f"{field}\"'><img src=//evil/{field} onerror=\"window.pwned='{field}'\"><script>window.pwned=1</script>"


class Writer(Filler):
    """Notes which fields were sent with hostile text."""

    def __init__(self, url: str, key: str) -> None:
        super().__init__(url, key)
        self.fields: set[str] = set()

    def ask(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        answer = super().ask(method, path, body, **params)
        if body is not None:
            self.fields |= text_fields.sent(method, path, body, MARK)
        return answer


@dataclass
class Written:
    """Where everything was written."""

    fields: set[str]
    project: str
    sweep: str
    run: str
    report: str
    view: str
    links: list[str]


@pytest.fixture(scope="module")
def written(server) -> Written:
    """A sweep, a run and documents; every text of them that may be any text is hostile."""
    filler = Writer(server.url, server.key)
    project = f"/projects/{filler.entity}/hostile"
    lr = hostile("parameter")
    config = {
        "name": hostile("sweep"),
        "description": hostile("description"),
        "program": hostile("program"),
        "method": "random",
        "metric": {"name": hostile("metric"), "goal": "minimize"},
        "parameters": {lr: {"values": [hostile("value")]}, "x": {"min": 0.0, "max": 1.0}},
    }
    text = f"# {hostile('comment')}\n" + json.dumps(config)
    new_sweep = {"config": config, "text": text, "display_name": hostile("sweep")}
    sweep = filler.ask("POST", f"{project}/sweeps", new_sweep)["sweep"]["id"]
    filler.ask("PATCH", f"/sweeps/{sweep}", {"description": hostile("description"), "display_name": hostile("sweep")})
    filler.ask("POST", f"/sweeps/{sweep}/versions", {"text": text.replace("comment", "edited"), "base": 0})
    why = {"kind": hostile("kind"), "reason": hostile("why"), "method": hostile("method")}
    point = {"params": {lr: hostile("value"), "x": 0.5}, "why": why, "display_name": hostile("point")}
    filler.ask("POST", f"/sweeps/{sweep}/queue", point)
    about = {"host": hostile("host"), "pid": 1, "name": hostile("agent"), "gpus": [hostile("gpu")]}
    place = Place(filler.entity, "hostile", sweep)
    agent = filler.ask("POST", f"/sweeps/{sweep}/agents", about)["agent_id"]
    run = filler.take_run(agent, [])["run_id"]
    columns = [hostile("column"), "y"]
    table = {"columns": columns, "data": [[hostile("cell"), 1.0], [hostile("cell"), HTML.decode()]]}
    fields = ("name", "notes", "group", "job_type", "host", "program", "python")
    new = {field: hostile(field) for field in fields}
    new["notes"] += " [link](javascript:window.pwned=1) <javascript:pwned()> ![picture](//evil/picture.png)"
    settings = {hostile("config"): hostile("config-value"), "link": "javascript:window.pwned=1"}
    begun = {"id": run, "sweep_id": sweep, "started": time.time(), "tags": [hostile("tag")], "config": settings, **new}
    filler.ask("POST", f"{project}/runs", begun)
    files = {"page.html": HTML, "picture.svg": SVG, f"{hostile('file').replace('/', '|')}.txt": b"text"}
    files["cells.table.json"] = json.dumps(table).encode()
    records = []
    for path, content in files.items():
        digest = hashlib.sha256(content).hexdigest()
        assert filler.http.put(f"{project}/blobs/{digest}", content=content).is_success
        records.append({"type": "file", "path": path, "digest": digest, "size": len(content)})
    drawing = {"x": columns[0], "y": "y", "stroke": columns[0]}
    chart = {"name": "wandb/line/v0", "fields": drawing, "texts": {"title": hostile("title"), "xname": hostile("axis")}}
    cells = {"_type": "table-file", "path": "cells.table.json", "size": 1}
    media = {
        "cells": cells,
        "plot": {**cells, "chart": chart},
        "unknown": {**cells, "chart": {**chart, "name": hostile("drawing")}},
        "framed": {"_type": "html-file", "path": "page.html", "caption": hostile("caption")},
        "drawn": {"_type": "image-file", "path": "picture.svg", "format": "svg", "caption": hostile("svg")},
        "away": {"_type": "image-file", "path": "//evil/picture.png", "format": "png"},
        "constructor": {"_type": "image-file", "path": "picture.svg", "format": "svg"},
        hostile("key"): {"_type": hostile("type"), "path": "javascript:pwned()"},
    }
    git = {"commit": hostile("commit"), "branch": hostile("branch"), "remote": "javascript:window.pwned=1"}
    lines = [hostile("printed"), "\x1b]8;;javascript:pwned()\x07click\x1b]8;;\x07", f"\x1b[31m{hostile('red')}\x1b[0m"]
    lines += ["\x1b]0;title\x07\x1b[2J\x1b[999999999C", "\x9b31m\x00 end of it"]
    records += [
        {"type": "about", "data": {"command": hostile("command"), "git": git, "gpus": [hostile("card")]}},
        {"type": "metric", "name": hostile("defined"), "step_metric": hostile("steps")},
        {"type": "history", "step": 0, "time": time.time(), "data": {hostile("metric"): 1.0, **media}},
        {"type": "history", "step": 1, "time": time.time(), "data": {hostile("metric"): 0.5}},
        {"type": "summary", "data": {hostile("summary"): hostile("summary-value")}},
        {"type": "system", "time": time.time(), "data": {hostile("system"): 1.0, "cpu": 5.0}},
        {"type": "output", "line": 0, "lines": lines, "time": time.time()},
        {"type": "alert", "title": hostile("alert"), "text": hostile("alert-text"), "time": time.time()},
    ]
    artifact = {
        "name": "set",
        "type": hostile("kind").replace("/", "|"),
        "description": hostile("artifact"),
        "metadata": {hostile("metadata"): [hostile("metadata-value")]},
        "aliases": [hostile("alias").replace("/", "|").replace(":", "|")],
        "tags": [hostile("artifact-tag")],
    }
    lies = [
        {"path": "a", "uri": "javascript:window.pwned=1", "digest": "1"},
        {
            "path": hostile("reference").replace("/", "|"),
            "uri": hostile("uri"),
            "digest": hostile("digest"),
            "extra": {MARK: MARK},
        },
    ]
    records.append({"type": "artifact", "artifact": {**artifact, "files": [], "references": lies}})
    labels = {key: new[key] for key in ("name", "notes", "group", "job_type")}
    changed = {"config": {hostile("more"): hostile("more")}, "summary": {hostile("better"): hostile("better")}}
    filler.ask("PATCH", f"{project}/runs/{run}", {**labels, "tags": [hostile("tag")], **changed})
    stopped = {"rule": hostile("rule"), "rung": 1, "value": 1.0}
    filler.ask("POST", f"{project}/runs/{run}/stop", {"reason": hostile("stop"), "stopped": stopped})
    sent = filler.report(place, run, records)
    filler.report(place, run, [{"type": "exit", "code": 0, "time": time.time()}], sent)
    filler.ask(
        "POST",
        f"/agents/{agent}/runs/{run}/exit",
        {"exit_code": 1, "message": hostile("message"), "stopped": hostile("by")},
    )
    filler.ask("POST", f"/sweeps/{sweep}/state", {"action": "pause", "reason": hostile("pause")})
    filler.ask("POST", "/keys", {"name": hostile("label")})
    markdown = f"# {hostile('heading')}\n\n[a](javascript:window.pwned=1) [b](data:text/html,x) ![c](//evil/c.png)\n\n"
    markdown += (
        f"```curves\nsweep: {sweep}\nmetric: {hostile('expression').replace(chr(10), '')}\n```\n\n{new['notes']}"
    )
    documents = {
        "report": {"markdown": markdown},
        "view": {"page": "//evil/../javascript:pwned()", "search": hostile("search"), "kept": {hostile("kept"): 1}},
    }
    made = {
        kind: filler.ask(
            "POST", f"{project}/documents", {"kind": kind, "title": hostile(kind)[:200], "content": content}
        )["id"]
        for kind, content in documents.items()
    }
    home = f"{server.url}/{filler.entity}/hostile"
    return Written(
        filler.fields,
        home,
        f"{home}/sweeps/{sweep}",
        f"{home}/runs/{run}",
        f"{home}/reports/{made['report']}",
        f"{home}/views/{made['view']}",
        [
            filler.ask("PUT", f"/sweeps/{sweep}/link")["url"],
            filler.ask("PUT", f"{project}/documents/{made['report']}/link")["url"],
        ],
    )


def test_every_field_that_takes_any_text_is_among_those_that_are_tried(written: Written):
    """One that is new is written hostile above, or named with those that are never shown."""
    tried = written.fields | NEVER_SHOWN

    def is_tried(field: str) -> bool:
        same = next((field.replace(one, other) for one, other in KEPT_AS.items() if field.startswith(one)), field)
        return field in tried or same in tried

    assert [field for field in sorted(text_fields.taking(MARK)) if not is_tried(field)] == []
    assert not NEVER_SHOWN & written.fields


def test_what_people_and_programs_write_never_runs(signed_in: Page, server, written: Written):
    own = urlsplit(server.url).netloc
    foreign: list[str] = []
    signed_in.on(
        "request", lambda asked: foreign.append(asked.url) if urlsplit(asked.url).netloc not in ("", own) else None
    )
    signed_in.add_init_script(WATCH)
    pages = {
        "/": None,
        written.project: "sweep",
        f"{written.project}/runs": "name",
        f"{written.project}/importance": None,
        f"{written.project}/views": "view",
        f"{written.project}/reports": "report",
        f"{written.project}/artifacts": "kind alias name",
        f"{written.project}/artifacts/set:v0": "artifact artifact-tag metadata reference uri",
        written.report: "heading",
        written.view: None,  # it leads to no page
        written.links[0]: "parameter",
        written.links[1]: "heading",
        "/keys": "label",
        "/log": "label pause",
        f"{written.project}/new-sweep?runs={written.run.rpartition('/')[2]}": None,
        written.sweep: "parameter description pause",
        f"{written.sweep}?tab=importance": None,
        f"{written.sweep}?tab=configuration": "comment edited",
        f"{written.sweep}?tab=events": "alert point stop",
        f"{written.sweep}?tab=agents": "agent gpu host",
        written.run: "notes rule python better",
        f"{written.run}?tab=charts": "metric",
        f"{written.run}?tab=media": "caption cell column title drawing",
        f"{written.run}?tab=system": "system",
        f"{written.run}?tab=log": "printed",
        f"{written.run}?tab=files": "file",
        f"{written.project}/compare?runs={written.run.rpartition('/')[2]}": "name",
    }
    for address, fields in pages.items():
        signed_in.goto(server.url + address if address.startswith("/") else address)
        expect(signed_in.get_by_role("main")).to_be_visible()
        for field in (fields or "").split():
            expect(signed_in.get_by_text(f"{field}\"'><img src=").first).to_be_attached()
        assert signed_in.evaluate(FOUND) == [], address
    signed_in.keyboard.press("Control+k")
    signed_in.get_by_role("dialog").get_by_role("combobox").fill("evil")
    expect(signed_in.get_by_role("dialog").get_by_text("sweep\"'><img src=").first).to_be_visible()
    assert signed_in.evaluate(FOUND) == []
    expect(signed_in).not_to_have_title("pwned")
    assert foreign == []
    missing = "404 (Not Found)"  # the picture whose path looks like another host's
    signed_in.complaints[:] = [complaint for complaint in signed_in.complaints if missing not in complaint]

    signed_in.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=/x onerror=1>')")
    assert signed_in.evaluate(FOUND) != [], "the test itself sees what it looks for"
    signed_in.wait_for_function("window.broken.length > 0")
    signed_in.complaints.clear()
