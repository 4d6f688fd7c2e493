"""A run's files are as safe as its values."""

from agent_world import World

from besom.client import blobs
from besom.protocol import FilePage

SAVE_AND_DIE = """
import besom, os
run = besom.init(mode="offline")
run.log({"page": besom.Html("<b>hi</b>", inject=False)})
open("model.pt", "w").write("weights")
run.log_model("model.pt", name="kept")
os.kill(os.getpid(), 9)
"""


def test_the_agent_sends_the_files_of_a_killed_program(world: World) -> None:
    world.program(SAVE_AND_DIE)
    sweep = world.sweep()
    assert world.agent(sweep, "--count", "1").end() == 0
    run = world.run(sweep)
    route = f"/projects/{run.entity}/{run.project}"
    files = world.connection.request("GET", f"{route}/runs/{run.id}/files", reply=FilePage).files
    pages = [file for file in files if file.path.startswith("media/html/")]
    assert [world.connection.exchange("GET", f"{route}/blobs/{page.digest}") for page in pages] == [b"<b>hi</b>"]
    assert not blobs.missing(world.connection, route, [file.digest for file in files])
