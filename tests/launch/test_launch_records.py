"""What is kept of a launch, and what is said when an engine's program does not do as it should."""

import stat

import pytest

from besom.errors import ServerUnreachable, SettingsError, UsageError
from besom.launch import life, records
from besom.launch.order import Order
from besom.launch.program import EngineError, Unfinished, run
from besom.launch.slurm import SlurmArray
from besom.launch.ssh import SshAgent, SshAgents
from besom.protocol import ApiKey, KeyMade


def launch(number, handle):
    return records.Launch(
        id=f"launch{number}", engine="any", sweep="e/p/s", url="http://x", key_id="k", created=number, handle=handle
    )


def test_launches_are_kept_for_their_user_alone_until_they_are_forgotten(tmp_path, monkeypatch):
    monkeypatch.setenv("BESOM_HOME", str(tmp_path))
    agents = SshAgents(agents=[SshAgent(host="a", pid=1, began="2", log="/l")], options=["-p", "1"])
    kept = [launch(3, None), launch(2, agents), launch(1, SlurmArray(job="7", cluster="c"))]
    for one in reversed(kept):
        records.keep(one)
    assert records.all_launches() == kept, "the newest first"
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "launches").iterdir()} == {0o600}
    assert records.find("launch2") == kept[1]
    records.forget(kept[0])
    with pytest.raises(UsageError, match=r"No launch 'launch3'(.|\n)*There is: launch2, launch1"):
        records.find("launch3")
    (tmp_path / "launches/broken.json").write_text("{")
    with pytest.raises(SettingsError, match=r"broken\.json cannot be read"):
        records.all_launches()


class Halfway:
    """A server that is heard until it has made the key."""

    url = "http://x"

    def request(self, method, route, **_):
        if method != "POST":
            raise ServerUnreachable("the network is gone")
        known = {"id": "k", "name": "launch", "created": 0.0, "last_used": None, "expires": None, "current": False}
        return KeyMade(key=ApiKey(**known, sweep_id="s"), secret="K" * 43)


def test_who_loses_the_engine_and_the_server_at_once_can_still_end_what_was_started(tmp_path, monkeypatch):
    monkeypatch.setenv("BESOM_HOME", str(tmp_path))

    def submit(_):
        lost = Unfinished("kubectl did not end")
        lost.handle = SlurmArray(job="7")
        raise lost

    with pytest.raises(Unfinished, match=r"Its key is still good(.|\n)*besom launch stop aa") as told:
        life.start(Halfway(), Order(id="aa", sweep="e/p/s", url="http://x", key=""), "slurm", submit)
    assert told.value.message == "kubectl did not end"
    assert records.find("aa").handle == SlurmArray(job="7")


def test_all_that_an_engine_says_is_told():
    said = "import sys; print('why', file=sys.stderr); print('more', file=sys.stderr); sys.exit(3)"
    with pytest.raises(EngineError, match=r"python3 failed with exit code 3 and said:\n  why\n  more"):
        run(["python3", "-c", said], missing="")
    with pytest.raises(EngineError, match=r"python3 cannot be started: .*No such file .*'/nowhere'"):
        run(["python3"], missing="", cwd="/nowhere")
    with pytest.raises(EngineError, match=r"no command besom-no-engine here\.\nInstall it"):
        run(["besom-no-engine"], missing="Install it.")
