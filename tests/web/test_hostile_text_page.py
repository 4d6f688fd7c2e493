"""Whatever people and programs write stays text: no script of theirs runs, and no other host hears of it."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from filling import Place
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
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='top.pwned=1'><script>top.pwned='svg'</script></svg>"
HTML = b"<h1>Framed</h1><script>try { top.pwned = 'html'; parent.document.title = 'pwned' } catch {}</script>"


def hostile(field: str) -> str:
    """What a field of this name is filled with."""
    return f"{field}\"'><img src=//evil/{field} onerror=\"window.pwned='{field}'\"><script>window.pwned=1</script>"


@dataclass
class Written:
    """Where everything was written."""

    project: str
    sweep: str
    run: str
    report: str


@pytest.fixture(scope="module")
def written(server) -> Written:
    """A sweep, a run and documents; every text of them that may be any text is hostile."""
    filler = server.filler
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
    sweep = filler.ask("POST", f"{project}/sweeps", {"config": config, "text": text})["sweep"]["id"]
    about = {"host": hostile("host"), "pid": 1, "name": hostile("agent"), "gpus": [hostile("gpu")]}
    place = Place(filler.entity, "hostile", sweep)
    agent = filler.ask("POST", f"/sweeps/{sweep}/agents", about)["agent_id"]
    run = filler.take_run(agent, [])["run_id"]
    fields = ("name", "notes", "group", "job_type", "host", "program", "python")
    new = {field: hostile(field) for field in fields}
    new["notes"] += " [link](javascript:window.pwned=1) <javascript:pwned()> ![picture](//evil/picture.png)"
    settings = {hostile("config"): hostile("config-value"), "link": "javascript:window.pwned=1"}
    begun = {"id": run, "sweep_id": sweep, "started": time.time(), "tags": [hostile("tag")], "config": settings, **new}
    filler.ask("POST", f"{project}/runs", begun)
    files = {"page.html": HTML, "picture.svg": SVG, f"{hostile('file').replace('/', '|')}.txt": b"text"}
    records = []
    for path, content in files.items():
        digest = hashlib.sha256(content).hexdigest()
        assert filler.http.put(f"{project}/blobs/{digest}", content=content).is_success
        records.append({"type": "file", "path": path, "digest": digest, "size": len(content)})
    media = {
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
    artifact = {"name": "set", "type": hostile("kind").replace("/", "|"), "description": hostile("artifact")}
    lies = [{"path": "a", "uri": "javascript:window.pwned=1", "digest": "1"}]
    records.append({"type": "artifact", "artifact": {**artifact, "files": [], "references": lies}})
    sent = filler.report(place, run, records)
    filler.report(place, run, [{"type": "exit", "code": 0, "time": time.time()}], sent)
    filler.ask("POST", f"/agents/{agent}/runs/{run}/exit", {"exit_code": 1, "message": hostile("message")})
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
    return Written(home, f"{home}/sweeps/{sweep}", f"{home}/runs/{run}", f"{home}/reports/{made['report']}")


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
        written.report: "heading",
        written.sweep: "parameter",
        f"{written.sweep}?tab=importance": None,
        f"{written.sweep}?tab=configuration": "comment",
        f"{written.sweep}?tab=events": "alert",
        f"{written.sweep}?tab=agents": "agent",
        written.run: "notes",
        f"{written.run}?tab=charts": "metric",
        f"{written.run}?tab=media": "caption",
        f"{written.run}?tab=system": "system",
        f"{written.run}?tab=log": "printed",
        f"{written.run}?tab=files": "file",
        f"{written.project}/compare?runs={written.run.rpartition('/')[2]}": "name",
    }
    for address, field in pages.items():
        signed_in.goto(server.url + address if address.startswith("/") else address)
        expect(signed_in.get_by_role("main")).to_be_visible()
        if field is not None:
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
