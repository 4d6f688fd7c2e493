"""Whatever breaks, every logged value arrives once, and every point of a grid has its one run."""

from pathlib import Path

import pytest
from storm import Storm, rage, small, small_of_several


@pytest.mark.parametrize(
    "storm", [small(seed=4), pytest.param(small_of_several(seed=1), marks=pytest.mark.postgresql)], ids=["one", "three"]
)
def test_in_a_storm_of_every_kind_of_fault_no_promise_is_broken(storm: Storm, tmp_path: Path) -> None:
    report = rage(storm, tmp_path)
    assert not report.verdict.faults, f"{report}\nThe same storm again: {storm.command}"
    assert report.verdict.values > 6.25 * storm.points, report
    assert report.seen.total() > storm.blows // 2, report
