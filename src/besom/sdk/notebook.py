"""besom in notebooks: pages in frames, links, ``besom.show``, and the magic ``%besom``.

%besom                                   the active run, else the project that is configured
%besom SWEEP_ID -h 600                   a sweep, 600 pixels high
%besom entity/project/sweeps/id          likewise; also .../runs/id and entity/project
"""

from __future__ import annotations

import html
import shlex
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO

from besom.errors import BesomError, UsageError

if TYPE_CHECKING:
    from besom.client.resource import Resource
    from besom.sdk.run import Run

HEIGHT = 420
"""Pixels of a frame."""
_USAGE = "Use it as: %besom [entity/project/sweeps/id] [-h HEIGHT]"


def active() -> bool:
    """Whether the program is a notebook: cells are run again and again in one process."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and "IPKernelApp" in shell.config


def messages_to() -> TextIO | None:
    """Where lines for the user go: not into the program's own output, save in notebooks, which show errors in red."""
    return sys.stdout if active() else sys.stderr


def load_ipython_extension(shell: Any) -> None:
    """Makes ``%besom`` known. Called when besom is imported in a notebook, or by ``%load_ext besom``."""
    shell.register_magic_function(_magic, "line", "besom")
    if "wandb" not in shell.magics_manager.magics["line"]:  # for `import besom as wandb`
        shell.register_magic_function(_magic, "line", "wandb")


def load_if_active() -> None:
    """Makes ``%besom`` known where there is a notebook."""
    if active():
        load_ipython_extension(sys.modules["IPython"].get_ipython())


def before_each_cell(call: Callable[[], None]) -> Callable[[], None]:
    """Has ``call`` called before each cell from now on; returns what ends that. Elsewhere nothing happens."""
    if not active():
        return lambda: None

    def before_cell(_: object) -> None:
        call()

    events = sys.modules["IPython"].get_ipython().events
    events.register("pre_run_cell", before_cell)
    return lambda: events.unregister("pre_run_cell", before_cell)


def show_beginning(run: Run) -> None:
    """Says which run has begun, with links."""
    run_page, sweep_page = run.url, run.sweep_url
    links = f"Run {_link(run_page, run.name)} of {html.escape(f'{run.entity}/{run.project}')}"
    if sweep_page:
        links += f", in sweep {_link(sweep_page, run.sweep_id or '')}"
    _display(links, f"Run {run.name} of {run.entity}/{run.project}: {run_page}")


def run_html(run: Run) -> str:
    """A run at the end of a cell: its live page, where a server has one."""
    url = run.url
    return _frame(url, HEIGHT) if url else f"<p>{html.escape(repr(run))}: no server has it yet.</p>"


def show(what: Run | Resource | str | None = None, height: int = HEIGHT) -> None:
    """Shows a live page below the cell; elsewhere than in a notebook prints its address.

    Args:
        what: A run, sweep or project, also as a path (``entity/project/sweeps/id``); by default the active run, else
            the project that is configured.
        height: Of the frame, in pixels.

    Raises:
        UsageError: nothing is named and no run is active, or no server has the run.
        NotFound: there is no such thing.
    """
    address = _address(what)
    if active():
        _display(_frame(address, height), address)
    else:
        print(address)


def _magic(line: str) -> None:
    try:
        show(*_read(line))
    except BesomError as error:
        print(error, file=messages_to())


def _read(line: str) -> tuple[str | None, int]:
    """The path that a line names, if any, and the height of the frame.

    Raises:
        UsageError: it is written otherwise.
    """
    try:
        words, height = shlex.split(line), HEIGHT
    except ValueError as error:  # a quotation mark that none closes
        raise UsageError(f"%besom {line}: {error}.", _USAGE) from None
    for flag in ("-h", "--height"):
        if flag in words:
            at = words.index(flag)
            number = words[at + 1] if len(words) > at + 1 else ""
            if not number.isdigit():
                raise UsageError(f"%besom {line}: the height {number!r} is not a number of pixels.", _USAGE)
            height = int(number)
            del words[at : at + 2]
    if len(words) > 1:
        raise UsageError(f"%besom {line}: {words[1]!r} is one word too many.", _USAGE)
    return (words[0] if words else None), height


def _address(what: Run | Resource | str | None) -> str:
    if isinstance(what, str):
        return _page(what)
    from besom.sdk import current

    shown = what or current.run()
    if shown is None:
        return _project_page()
    if shown.url is None:
        raise UsageError(f"No server has {what or 'the active run'} yet.", _USAGE)
    return shown.url


def _project_page() -> str:
    from besom.client import settings
    from besom.client.api import Api

    name = settings.project()
    if name is None:
        raise UsageError("Nothing is named, no run is active, and no project is configured.", _USAGE)
    return Api().project(name).url


def _page(path: str) -> str:
    """Address of the page of a sweep, a run or a project that exists."""
    from besom.client import lookup
    from besom.client.connect import connect
    from besom.client.paths import parse_item

    connection, parts = connect(), path.strip("/").split("/")
    if "://" not in path and len(parts) == 2:
        project = lookup.find_project(connection, *parts)
        return f"{connection.url}/{project.entity}/{project.name}"
    if len(parts) >= 4 and parts[-2] == "runs":
        run = parse_item(path, "run")
        return lookup.find_run(connection, str(run.entity), str(run.project), run.id).url
    return lookup.find_sweep(connection, parse_item(path, "sweep")).url


def _frame(url: str, height: int) -> str:
    from besom.client.pages import frame

    return frame(_signed(url), height)


def _link(url: str | None, text: str) -> str:
    if url is None:
        return html.escape(text)
    return f'<a href="{html.escape(_signed(url))}" target="_blank">{html.escape(text)}</a>'


def _signed(url: str) -> str:
    """On the embedded server, where nobody has a password, an address that signs the browser in."""
    from besom.client.connect import connect
    from besom.client.pages import page_address

    try:
        return page_address(connect(), url)
    except BesomError:  # away for a moment; the plain address will do
        return url


def _display(markup: str, text: str) -> None:
    """Shows HTML; ``text`` is what a front end without HTML shows, and what is left when it is converted."""
    display = sys.modules["IPython"].display
    display.display({"text/html": markup, "text/plain": text}, raw=True)
