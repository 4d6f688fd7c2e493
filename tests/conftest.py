"""Shared by all tests: helper modules beside a test file can be imported by their plain name."""

import logging
import signal
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [
    str(HERE),
    *(str(folder) for folder in HERE.iterdir() if folder.is_dir() and folder.name[0] not in "._"),
]

# A shell that starts the tests in the background lets them ignore Ctrl-C, and whatever they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# One line for each of several hundred thousand requests tells nothing that a failed test does not.
logging.getLogger("httpx").setLevel(logging.WARNING)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Tests with a fixture of their module go to one worker, so that it is made once: it may be a page full of runs."""
    for item in items:
        fixtures = item._fixtureinfo.name2fixturedefs.values()
        of_module = any(made[-1].scope == "module" for made in fixtures if made)
        if of_module and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path)))
