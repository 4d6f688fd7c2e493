"""What is done on a page before its picture is taken."""

from __future__ import annotations

from collections.abc import Callable

from filling import METRIC
from playwright.sync_api import Page, expect

Act = Callable[[Page], None]


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


def run_color(page: Page) -> None:
    of_first_run(page, "Actions of")
    page.get_by_role("menuitem", name="Colour…").click()
    expect(page.get_by_role("dialog", name="Colour of")).to_be_visible()


def color_by(field: str) -> Act:
    def act(page: Page) -> None:
        run_color(page)
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


def server_away(page: Page) -> None:
    page.add_init_script("delete window.SharedWorker")  # what windows share asks past the page's routes
    page.route("**/events**", lambda route: route.abort())
    page.reload()
    expect(page.get_by_role("status").get_by_text("Reconnecting")).to_be_visible()


def code(page: Page) -> None:
    page.locator("summary", has=page.get_by_role("heading", name="Code")).click()


def tables_as_charts(page: Page) -> None:
    heading = page.get_by_role("heading", name="mistakes", exact=True)
    page.locator("main section", has=heading).get_by_role("radio", name="Chart").check()


def logged_charts(page: Page) -> None:
    """A panel of the charts that programs log, once as curves and once as matrices."""
    for _ in range(2):
        menu_item("Add panel", "Logged charts of several runs")(page)
    page.get_by_label("Chart", exact=True).last.select_option("ROC")
    expect(page.get_by_role("region", name="ROC")).to_be_visible()


def sections(page: Page) -> None:
    """Three sections of panels: one with panels, one without, one that is folded."""
    for name in ("Parameters", "Nothing yet", "Curves"):
        menu_item("More about the panels", "Add section")(page)
        page.get_by_role("textbox", name="Name", exact=True).fill(name)
        page.keyboard.press("Enter")
    for panel, section in ((f"{METRIC} by parameter", "Parameters"), (f"{METRIC} of each run", "Curves")):
        menu_item(f"Actions of {panel}", section)(page)
    menu_item(f"Actions of {METRIC} over two parameters", "Parameters")(page)
    press("Curves")(page)


def panels_found(title: str) -> Act:
    return lambda page: page.get_by_role("searchbox", name="Search panels").fill(title)


def for_everybody(page: Page) -> None:
    """Makes the arrangement that of everybody, unless the picture before has done it."""
    press("Saved views")(page)
    use = page.get_by_role("button", name="Use this arrangement for everybody")
    expect(use.or_(page.get_by_role("button", name="Remove", exact=True))).to_be_visible()
    if use.is_visible():
        use.click()
    expect(page.get_by_text("You see it")).to_be_visible()


def legend_settings(page: Page) -> None:
    """Of a chart's settings what the legend says, further down."""
    press(f"Settings of {METRIC} of each run")(page)
    page.get_by_role("group", name="Fields said behind the name").scroll_into_view_if_needed()
