"""The commands of the quickstart, as they stand there: ``besom`` behind the alias ``wandb``, and by its own name."""

import re

import pytest
from test_cli_sweep import path_of

SWEEP = "program: train.py\nmethod: grid\nmetric: {name: loss}\nparameters:\n  lr: {values: [0.1, 0.2]}\n"
TRAIN = "import besom\nrun = besom.init()\nrun.log({'loss': run.config.lr})\n"


@pytest.mark.parametrize("alias", ["alias wandb=besom\nwandb", "besom"])
def test_login_sweep_and_agent(user, alias):
    user.write("sweep.yaml", SWEEP)
    user.write("train.py", TRAIN)
    assert user.shell(f"{alias} login").code == 0
    created = user.shell(f"{alias} sweep sweep.yaml")
    path = path_of(created.out)
    worked = user.shell(f"{alias} agent {path.rsplit('/', 1)[1]}")
    assert worked.code == 0, worked.said
    status = user.shell(f"{alias} status {path}").out
    assert "FINISHED" in status
    assert re.search(r"Best:     \w+ = 0\.1 by ", status)
    resumed = user.shell(f"{alias} sweep --resume {path}").out
    assert "all of its 2 runs exist" in resumed
