"""Whatever breaks, every logged value arrives once, and every point of a grid has its one run."""

from pathlib import Path

from storm import rage, small


def test_in_a_storm_of_every_kind_of_fault_no_promise_is_broken(tmp_path: Path) -> None:
    storm = small(seed=4)
    report = rage(storm, tmp_path)
    assert not report.verdict.faults, f"{report}\nThe same storm again: {storm.command}"
    assert report.verdict.values > 250, report
    assert report.seen.total() > storm.blows // 2, report
