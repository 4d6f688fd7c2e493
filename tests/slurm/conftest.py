"""The cluster and the server that all tests of this folder share."""

import os
from collections.abc import Iterator

import pytest
from sandbox import missing
from slurm_site import Site, open_site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if reason := missing("slurmctld", "slurmd", "sbatch"):
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with open_site(tmp_path_factory.mktemp("slurm"), ["besom", "server"]) as opened:
        yield opened
