"""The real client at a server that takes little at once: it backs off, and loses nothing."""

import pytest
from wandb_server import serving

from besom.protocol import FilePage, HistoryPage, Run, Viewer

PROGRAM = """
import wandb
with wandb.init(project="crowded", id="patient", settings=wandb.Settings(x_file_stream_transmit_interval=1)) as run:
    for step in range(200):
        run.log({"loss": step})
    print("printed")
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    home = tmp_path_factory.mktemp("server")
    with serving(home, "--limit", "rate=2") as running:
        yield running
        assert "were told to come again later" in (home / "log").read_text()


def test_a_run_of_the_client_waits_for_its_turn_and_arrives_whole(user, connection):
    assert "Fatal error" not in user.python(PROGRAM)
    entity = connection.request("GET", "/viewer", reply=Viewer).entity
    path = f"/projects/{entity}/crowded/runs/patient"
    assert connection.request("GET", path, reply=Run).state == "finished"
    rows = connection.request("GET", f"{path}/history", query={"limit": 1000}, reply=HistoryPage).rows
    assert [row["loss"] for row in rows] == list(range(200))
    files = {file.path for file in connection.request("GET", f"{path}/files", reply=FilePage).files}
    assert {"config.yaml", "output.log", "wandb-metadata.json"} <= files
