"""Shared by all tests: helper modules beside a test file can be imported by their plain name."""

import gc
import logging
import os
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# The matrices are small: threads only wait for each other, the longer the busier the machine is, with all its cores at
# work. Read when NumPy is first imported, so before the conftest of any folder.
for library in ("OPENBLAS", "OMP"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

# Imports make no garbage, and looking for it in all that the tests of one process hold takes long.
gc.disable()

HERE = Path(__file__).parent
sys.path[:0] = [
    str(HERE),
    *(str(folder) for folder in HERE.iterdir() if folder.is_dir() and folder.name[0] not in "._"),
]

# A shell that starts the tests in the background lets them ignore Ctrl-C, and whatever they start; nohup, hangups.
for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, usual)

# How long an example takes says how busy the machine is.
settings.register_profile("patient", settings(deadline=None, suppress_health_check=[HealthCheck.too_slow]))
settings.load_profile("patient")

# One line for each of several hundred thousand requests tells nothing that a failed test does not.
logging.getLogger("httpx").setLevel(logging.WARNING)


# Folders whose tests share something costly (a page full of runs, a whole cluster), and how much of a test's path they
# share it with. Such tests go to one worker together, all others to whoever is free.
TOGETHER = {"cli": 3, "replicas": 2, "slurm": 2, "wandb_client": 3, "web": 3}
# One worker imports PyTorch and pandas, which takes four seconds, for all tests of values that need them.
OF_VALUES = {
    f"tests/sdk/test_{name}.py" for name in ("files_saved", "log_values", "media_images", "media_kinds", "watch_models")
}


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """What has been imported is no garbage, and need not be looked through again; tests leave some."""
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files of the page, the last of all, begin first: so no worker waits long for another at the end."""
    page = [item for item in items if item.path.parent == HERE / "web"]
    items[:] = [item for item in items if item.path.parent != HERE / "web"]
    items += sorted(page, key=lambda item: -item.path.stat().st_size)


class Scheduling(LoadScopeScheduling):
    """Marks of groups cannot say it: pytest-xdist 3.8 writes them where pytest 9 does not look."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file in OF_VALUES:
            return "values"
        parts = file.split("/")
        share = TOGETHER.get(parts[1]) if len(parts) > 2 else None
        return nodeid if share is None else "/".join(parts[:share])


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Called once, by the process that hands out tests."""
    # Not the largest groups first: the browser's event loop keeps running, so tests of the page have to be the last.
    config.option.loadscopereorder = False
    return Scheduling(config, log)
