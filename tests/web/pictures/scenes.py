"""Every page in every state that is worth looking at. A new page, dialog or empty state gets its line here."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote, urlencode

from camera import Scene
from filled import Filled
from filling import METRIC
from playwright.sync_api import Page, expect

Act = Callable[[Page], None]

WRONG = """\
program: train.py
method: bayess
metric: {name: val/loss}
parameters:
  lr: {min: 0.1, max: 0.001}
"""

BEFORE = [
    Scene("projects-none", "/"),
    Scene("sign-in", "/", stranger=True, complaints=("401",)),
    Scene("sign-in-wrong-key", "/", lambda page: sign_in_with(page, "x" * 40), stranger=True, complaints=("401",)),
]


def press(*names: str, role: str = "button") -> Act:
    """Presses the first of each name, one after another."""

    def act(page: Page) -> None:
        for name in names:
            page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]

    return act


def sign_in_with(page: Page, key: str) -> None:
    page.get_by_label("Or paste your key").fill(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()


def menu_item(button: str, item: str) -> Act:
    def act(page: Page) -> None:
        page.get_by_role("button", name=button).first.click()
        page.get_by_role("menuitem", name=item).click()

    return act


def cut_off(pattern: str) -> Act:
    """The server no longer answers under these addresses."""

    def act(page: Page) -> None:
        page.route(pattern, lambda route: route.abort())
        page.reload()
        expect(page.get_by_role("alert").first).to_be_visible()

    return act


def tick(count: int, of: str = "table", name: str = "Runs") -> Act:
    def act(page: Page) -> None:
        boxes = page.get_by_role(of, name=name).locator("tbody").get_by_role("checkbox")  # type: ignore[arg-type]
        for number in range(count):
            boxes.nth(number).check()

    return act


def then(*acts: Act) -> Act:
    def act(page: Page) -> None:
        for one in acts:
            one(page)

    return act


def keys(*pressed: str) -> Act:
    def act(page: Page) -> None:
        for key in pressed:
            page.keyboard.press(key)

    return act


def typed(text: str) -> Act:
    return lambda page: page.keyboard.type(text)


def found(words: str) -> Act:
    """Opens the quick search and looks for the words."""

    def act(page: Page) -> None:
        page.keyboard.press("Control+k")
        page.get_by_role("dialog").get_by_role("combobox").fill(words)

    return act


def write(text: str) -> Act:
    """In place of the configuration in the editor."""

    def act(page: Page) -> None:
        page.get_by_role("textbox", name="Configuration", exact=True).fill(text)
        expect(page.get_by_role("region", name="problem")).to_be_visible()

    return act


def every_run(page: Page) -> None:
    page.get_by_role("checkbox", name="Select all runs that are shown").check()


def of_first_run(page: Page, button: str) -> None:
    page.get_by_role("table", name="Runs").get_by_role("button", name=button).first.click()


def color_by(field: str) -> Act:
    def act(page: Page) -> None:
        of_first_run(page, "Colour of")
        page.get_by_role("dialog").get_by_label("By").select_option(field)

    return act


def unsaved_notes(page: Page) -> None:
    page.get_by_role("button", name="Write notes").click()
    page.get_by_role("textbox", name="Notes").fill("The rate matters *most*.")
    page.reload()
    expect(page.get_by_role("button", name="Keep it")).to_be_visible()


def point_at_a_run(page: Page) -> None:
    page.get_by_role("table", name="Runs").locator("tbody tr").first.hover()
    page.evaluate("scrollTo(0, 0)")


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
        *_compared(filled),
        *_written(filled),
        Scene("not-found", "/nobody/nothing/at/all", complaints=("404",)),
        Scene("search", filled.project, keys("Control+k"), whole=False),
        Scene("search-found", filled.project, found("sweep"), whole=False),
        Scene("search-nothing", filled.project, found("nothing is called so"), whole=False),
        Scene("keys", filled.project, keys("?"), whole=False),
    ]


def _projects(filled: Filled) -> list[Scene]:
    begun, project = f"/{filled.entity}/just-begun", filled.project
    tabs = ("runs", "importance", "views", "reports")
    return [
        Scene("project-empty-sweeps", begun),
        *(Scene(f"project-empty-{tab}", f"{begun}/{tab}") for tab in tabs),
        Scene("project-sweeps", project),
        *(Scene(f"project-{tab}", f"{project}/{tab}") for tab in tabs),
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
            if name not in ("wide", "many")
        ),
        Scene("sweep-empty-configuration", filled.sweeps["empty"].path + "?tab=configuration"),
        *(
            Scene(f"sweep-{name}-{tab}", f"{filled.sweeps[name].path}?tab={tab}")
            for name in ("one", "empty")
            for tab in ("importance", "events", "agents")
        ),
        Scene("sweep-wide", wide),
        *(
            Scene(f"sweep-wide-{tab}", f"{wide}?tab={tab}")
            for tab in ("importance", "configuration", "events", "agents")
        ),
        Scene("sweep-wide-chosen", f"{wide}?{urlencode(chosen)}", point_at_a_run),
        Scene("sweep-wide-grouped", f"{wide}?group={quote('param:optimizer')}"),
        Scene("sweep-wide-nothing-found", f"{wide}?q=nobody"),
        Scene("sweep-wide-ticked", wide, tick(3)),
        Scene(
            "sweep-wide-more-panels",
            wide,
            then(*(menu_item("Add panel", kind) for kind in ("Bars", "Boxes", "Runs side by side", "Text"))),
        ),
        Scene("sweep-shared", filled.shared, stranger=True),
        Scene("sweep-wide-all-metrics", wide, lambda page: page.get_by_text("All metrics").click()),
        Scene("sweep-wide-unreachable", wide, cut_off("**/runs?**"), complaints=("ERR_FAILED",)),
        Scene("sweep-explained-configuration", filled.sweeps["explained"].path + "?tab=configuration"),
        Scene("sweep-many", filled.sweeps["many"].path),
        Scene("sweep-many-importance", filled.sweeps["many"].path + "?tab=importance"),
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
        "scatter-settings": press("Settings"),
        "curve-settings": press(f"Settings of {METRIC} of each run"),
        "full-screen": menu_item(f"Actions of {METRIC} of each run", "Full screen"),
        "panel-menu": press(f"Actions of {METRIC} of each run"),
        "add-panel": press("Add panel"),
        "share": lambda page: page.get_by_role("button", name="Share").click(),
        "run-color": lambda page: of_first_run(page, "Colour of"),
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
    ]


def _compared(filled: Filled) -> list[Scene]:
    runs = ":".join(filled.runs[name] for name in ("best", "second", "third", "failed"))
    sweeps = ":".join(filled.sweeps[name].sweep for name in ("wide", "grid", "paused"))
    return [
        Scene("compare-runs", f"{filled.project}/compare?runs={runs}"),
        Scene("compare-sweeps", f"{filled.project}/compare?sweeps={sweeps}"),
        Scene("compare-nothing", f"{filled.project}/compare"),
    ]


def _written(filled: Filled) -> list[Scene]:
    report = f"{filled.project}/reports/{filled.report}"
    return [
        Scene("report", report),
        Scene("report-edit", f"{report}?edit"),
        Scene("report-insert", f"{report}?edit", press("Insert a panel"), whole=False),
        Scene("report-delete", report, press("Delete"), whole=False),
        Scene("report-overtaken", f"{report}?edit", overtaken(filled)),
        Scene("new-sweep", f"{filled.project}/new-sweep"),
        Scene("new-sweep-first", f"/{filled.entity}/just-begun/new-sweep"),
        Scene("new-sweep-wrong", f"{filled.project}/new-sweep", write(WRONG)),
    ]
