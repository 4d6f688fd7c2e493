"""Every page in every state that is worth looking at. A new page, dialog or empty state gets its line here."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

from acts import (
    Act,
    code,
    color_by,
    cut_off,
    every_run,
    for_everybody,
    found,
    keys,
    legend_settings,
    logged_charts,
    menu_item,
    of_first_run,
    panels_found,
    point_at_a_run,
    press,
    run_color,
    sections,
    server_away,
    sign_in_with,
    tables_as_charts,
    then,
    tick,
    unsaved_notes,
    write,
)
from camera import Scene
from filled import Filled
from filling import METRIC
from people_scenes import people_scenes
from playwright.sync_api import Page, expect
from sized_scenes import PROJECT_TABS, SWEEP_TABS, sized_scenes

WRONG = """\
program: train.py
method: bayess
metric: {name: val/loss}
parameters:
  lr: {min: 0.1, max: 0.001}
"""

BEFORE = [
    Scene("keys-alone", "/keys"),
    Scene("projects-none", "/"),
    Scene("teams-none", "/teams"),
    Scene("users-alone", "/users"),
    Scene("log-short", "/log"),
    Scene("search-empty-server", "/", found("digits"), whole=False),
    Scene("sign-in", "/", stranger=True, complaints=("401",)),
    Scene("sign-in-wrong-key", "/", lambda page: sign_in_with(page, "x" * 40), stranger=True, complaints=("401",)),
]


def overtaken(filled: Filled) -> Act:
    """Somebody else saves the report that is being edited."""

    def act(page: Page) -> None:
        page.get_by_role("textbox", name="Title").fill("What the rate does")
        path = f"/api/v1/projects{filled.project}/documents/{filled.report}"
        report = page.request.get(path).json()
        change = {name: report[name] for name in ("title", "content", "version")}
        page.request.put(path, data=change, headers={"X-Besom": "1"})
        expect(page.get_by_role("button", name="Take theirs")).to_be_visible()

    return act


def scenes_of(filled: Filled) -> list[Scene]:
    """All but those of a server on which nothing is."""
    return [
        Scene("projects", "/"),
        *_projects(filled),
        *_sweeps(filled),
        *_over_a_sweep(filled),
        *_runs(filled),
        *sized_scenes(filled),
        *_compared(filled),
        *_written(filled),
        *people_scenes(filled.people),
        Scene("not-found", "/nobody/nothing/at/all", complaints=("404",)),
        Scene("search", filled.project, keys("Control+k"), whole=False),
        Scene("search-found", filled.project, found("sweep"), whole=False),
        Scene("search-many", filled.project, found("sweep-"), whole=False),
        Scene("search-nothing", filled.project, found("nothing is called so"), whole=False),
        Scene("shortcuts", filled.project, keys("?"), whole=False),
        Scene("person-menu", filled.project, press(f"Account of {filled.entity}"), whole=False),
        Scene("server-away", filled.project, server_away, complaints=("ERR_FAILED",), whole=False),
    ]


def _projects(filled: Filled) -> list[Scene]:
    begun, project = f"/{filled.entity}/just-begun", filled.project
    return [
        Scene("project-empty-sweeps", begun),
        *(Scene(f"project-empty-{tab}", f"{begun}/{tab}") for tab in PROJECT_TABS),
        Scene("project-sweeps", project),
        *(Scene(f"project-{tab}", f"{project}/{tab}") for tab in PROJECT_TABS),
        Scene("artifact", f"{project}/artifacts/digits:v0"),
        Scene("artifact-missing", f"{project}/artifacts/nothing", complaints=("404",)),
        Scene("project-sweeps-ticked", project, tick(3, "region", "Sweeps")),
        Scene("project-runs-ticked", f"{project}/runs", every_run),
        Scene("project-runs-move", f"{project}/runs", then(every_run, press("Move")), whole=False),
        Scene("project-unreachable", project, cut_off("**/sweeps**"), complaints=("ERR_FAILED",)),
    ]


def _sweeps(filled: Filled) -> list[Scene]:
    wide = filled.sweeps["wide"].path
    chosen = {
        "q": "sweep",
        "filter": json.dumps(["and", ["param:optimizer", "!=", "sgd"]]),
        "brush": json.dumps([["param:lr", 0.0006, 0.02]]),
    }
    return [
        *(
            Scene(f"sweep-{name}".replace(" ", "-"), place.path)
            for name, place in filled.sweeps.items()
            if name not in ("one", "wide", "many", "fewer", "drawings")
        ),
        *(Scene(f"sweep-empty-{tab}", f"{filled.sweeps['empty'].path}?tab={tab}") for tab in SWEEP_TABS),
        Scene("sweep-wide", wide),
        *(Scene(f"sweep-wide-{tab}", f"{wide}?tab={tab}") for tab in SWEEP_TABS),
        Scene("sweep-wide-chosen", f"{wide}?{urlencode(chosen)}", point_at_a_run),
        Scene("sweep-wide-grouped", f"{wide}?group={quote('param:optimizer')}"),
        Scene("sweep-wide-nothing-found", f"{wide}?q=nobody"),
        Scene("sweep-wide-ticked", wide, tick(3)),
        Scene("sweep-wide-runs-left", wide, keys("l")),
        Scene("sweep-wide-runs-left-ticked", wide, then(keys("l"), tick(3))),
        Scene(
            "sweep-wide-more-panels",
            wide,
            then(*(menu_item("Add panel", kind) for kind in ("Bars", "Boxes", "Runs side by side", "Text"))),
        ),
        Scene("sweep-wide-sections", wide, sections),
        Scene("sweep-wide-panels-found", wide, then(sections, panels_found("over|each"))),
        Scene("sweep-wide-no-panel-found", wide, panels_found("nothing so called")),
        Scene("sweep-wide-logged-charts", wide, logged_charts),
        Scene("sweep-drawings-media", filled.sweeps["drawings"].path, menu_item("Add panel", "Media of several runs")),
        Scene("sweep-drawings-tables", filled.sweeps["drawings"].path, menu_item("Add panel", "Logged charts")),
        Scene("sweep-shared", filled.shared, stranger=True),
        Scene("sweep-wide-all-metrics", wide, lambda page: page.get_by_text("All metrics").click()),
        Scene("sweep-troubled-agents", filled.sweeps["troubled"].path + "?tab=agents"),
        Scene("sweep-troubled-events", filled.sweeps["troubled"].path + "?tab=events"),
        Scene("sweep-wide-unreachable", wide, cut_off("**/runs?**"), complaints=("ERR_FAILED",)),
        Scene("sweep-explained-configuration", filled.sweeps["explained"].path + "?tab=configuration"),
    ]


def _over_a_sweep(filled: Filled) -> list[Scene]:
    """What lies over the page of a sweep: menus, panels, dialogs."""
    wide = filled.sweeps["wide"].path
    opened: dict[str, Act] = {
        "filter": press("Filter"),
        "group": press("Group"),
        "columns": press("Columns"),
        "export": press("Export"),
        "views": press("Saved views"),
        "column-menu": press(f"Column {METRIC}"),
        "axis-menu": press("Axis lr"),
        "axes": press("Axes"),
        "scatter-settings": press(f"Settings of {METRIC} over time"),
        "curve-settings": press(f"Settings of {METRIC} of each run"),
        "legend-settings": legend_settings,
        "full-screen": menu_item(f"Actions of {METRIC} of each run", "Full screen"),
        "panel-menu": press(f"Actions of {METRIC} of each run"),
        "add-panel": press("Add panel"),
        "section-menu": then(sections, press("Actions of Parameters")),
        "panel-in-sections": then(sections, press(f"Actions of {METRIC} by parameter")),
        "section-name": menu_item("More about the panels", "Add section"),
        "share": lambda page: page.get_by_role("button", name="Share").click(),
        "run-color": run_color,
        "run-color-by": color_by("param:lr"),
        "pause": press("Pause"),
        "stop": press("Stop"),
        "cancel": press("Cancel"),
        "name": press("Edit name and notes"),
        "tags": then(tick(2), press("Tags")),
        "delete": then(tick(2), press("Delete")),
        "run-menu": lambda page: of_first_run(page, "Actions of"),
        "deleted": menu_item("More about the runs", "Deleted runs"),
        "configuration-edit": press("Edit"),
        "everybody": for_everybody,  # the last one: the others would show it
    }
    tab = {"configuration-edit": "?tab=configuration"}
    return [
        Scene(
            f"over-{name}",
            wide + tab.get(name, ""),
            act,
            whole=name == "configuration-edit",
            wide_only=name == "column-menu",
        )
        for name, act in opened.items()
    ]


def _runs(filled: Filled) -> list[Scene]:
    tabs = ("charts", "media", "system", "log", "files")
    ends = ("running", "failed", "crashed", "killed", "early", "best", "explained better")
    return [
        Scene("run", filled.run("media")),
        *(Scene(f"run-{tab}", filled.run("media", tab)) for tab in tabs),
        Scene("run-table-chart", filled.run("media", "media"), tables_as_charts),
        Scene("run-file", filled.run("media", "files") + "&file=code/train.py"),
        *(Scene(f"run-{name}".replace(" ", "-"), filled.run(name)) for name in ends),
        Scene("run-failed-log", filled.run("failed", "log")),
        Scene("run-quiet", filled.run("quiet")),
        *(Scene(f"run-quiet-{tab}", filled.run("quiet", tab)) for tab in tabs),
        Scene("run-deleted", filled.run("deleted"), complaints=("410",)),
        Scene("run-missing", filled.project + "/runs/nobody", complaints=("404",)),
        Scene("run-notes-unsaved", filled.run("quiet"), unsaved_notes),
        Scene("run-menu", filled.run("best"), press("Actions of this run"), whole=False),
        Scene("run-rename", filled.run("best"), menu_item("Actions of this run", "Rename"), whole=False),
        Scene("run-again", filled.run("best"), menu_item("Actions of this run", "Run again"), whole=False),
        Scene("runs-again", filled.sweeps["grid"].path, then(tick(2), press("Run again")), whole=False),
    ]


def _compared(filled: Filled) -> list[Scene]:
    runs = ":".join(filled.runs[name] for name in ("best", "second", "third", "failed"))
    sweeps = ":".join(filled.sweeps[name].sweep for name in ("wide", "grid", "paused"))
    return [
        Scene("compare-runs", f"{filled.project}/compare?runs={runs}"),
        Scene("compare-sweeps", f"{filled.project}/compare?sweeps={sweeps}"),
        Scene("compare-code", f"{filled.project}/compare?runs={filled.runs['media']}:{filled.runs['changed']}", code),
        Scene("compare-logged", f"{filled.project}/compare?runs={filled.runs['media']}:{filled.runs['changed']}"),
        Scene("compare-no-code", f"{filled.project}/compare?runs={runs}", code),
        Scene("compare-nothing", f"{filled.project}/compare"),
    ]


def _written(filled: Filled) -> list[Scene]:
    report = f"{filled.project}/reports/{filled.report}"
    return [
        Scene("report", report),
        Scene("report-edit", f"{report}?edit"),
        Scene("report-insert", f"{report}?edit", press("Insert panel"), whole=False),
        Scene("report-share", report, lambda page: page.get_by_role("button", name="Share").click(), whole=False),
        Scene("sweep-share-first", filled.sweeps["grid"].path, press("Share"), whole=False),
        Scene("report-shared", filled.shared_report, stranger=True),
        Scene("report-delete", report, press("Delete"), whole=False),
        Scene("report-overtaken", f"{report}?edit", overtaken(filled)),
        Scene("new-sweep", f"{filled.project}/new-sweep"),
        Scene("new-sweep-first", f"/{filled.entity}/just-begun/new-sweep"),
        Scene("new-sweep-wrong", f"{filled.project}/new-sweep", write(WRONG)),
    ]
