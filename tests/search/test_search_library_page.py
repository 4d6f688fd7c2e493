"""docs/search-library.md is true: its code runs, in order, as it is written."""

import re
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "search-library.md").read_text(encoding="utf-8")


def train(lr: float, depth: int) -> float:
    return abs(lr - 0.01) + abs(depth - 6) / 10


def train_epoch(point: dict, epoch: int) -> float:
    return point["lr"] + 1 / (epoch + 1)


def test_the_page_of_the_library_runs_as_it_is_written(capsys):
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
    names: dict = {"train": train, "train_epoch": train_epoch}
    exec(code, names)
    said = capsys.readouterr().out.splitlines()
    best, point = said[0].split(" ", 1)
    assert float(best) < 0.2
    assert set(re.findall(r"'(\w+)':", point)) == {"lr", "depth"}
    assert said[1].startswith("lr "), "its last search has one parameter"
    assert any(trial.state == "killed" for trial in names["search"].trials), "hopeless points were stopped"
