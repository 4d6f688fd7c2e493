"""The actor that runs an agent on a Ray cluster, without the cluster; with it: `make launch-checks`."""

import signal
import sys
import threading
import time

from besom.launch.ray_actors import Agent

WORKS = "import pathlib, time; pathlib.Path('works').touch(); time.sleep(60)"


def test_an_actor_ends_as_its_agent_did(tmp_path):
    assert Agent([sys.executable, "-c", "raise SystemExit(3)"], str(tmp_path)).work() == 3


def test_an_actor_that_is_stopped_sends_its_agent_away_and_starts_none(tmp_path):
    agent, ends = Agent([sys.executable, "-c", WORKS], str(tmp_path)), []
    thread = threading.Thread(target=lambda: ends.append(agent.work()))
    thread.start()
    while not (tmp_path / "works").exists():
        time.sleep(0.02)
    agent.stop()
    thread.join()
    assert ends == [-signal.SIGTERM]
    assert agent.work() == 0
