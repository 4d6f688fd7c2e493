"""docs/api.md is true: its code runs, in order, as it is written."""

import re
from pathlib import Path

from test_client_run_data import artifact

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
PARAMETERS = {"learning_rate": {"values": [0.01, 0.02, 0.1]}, "optimizer": {"values": ["adam"]}}


def test_the_page_of_the_api_runs_as_it_is_written(api, lab, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("looks good")
    path = lab.sweep(metric={"name": "val_loss", "goal": "minimize"}, parameters=PARAMETERS)
    for losses in ((0.1, 0.9), (0.5, 0.4)):
        config = {"learning_rate": 0.02, "optimizer": "adam"}
        lab.run(*({"val_loss": loss} for loss in losses), sweep=path, config=config, name=f"run {losses[1]}")
    artifact(lab, tmp_path, b"weights", name="weights", type="model")
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
    names: dict = {}
    exec(code.replace("ENTITY/PROJECT/ID", path).replace("ENTITY/PROJECT", lab.path), names)
    said = capsys.readouterr().out.splitlines()
    assert said[2].startswith("run 0.4 ")
    assert said[3] == "run 0.9 0.1 0.1"
    assert names["values"] == [0.1, 0.9]
    assert (tmp_path / "downloads" / "notes.txt").read_text() == "looks good"
    assert (Path(names["folder"]) / "data" / "points.csv").read_bytes() == b"weights"
    assert api.sweep(path).state == "FINISHED"
    assert api.run("/".join(names["run"].path)).tags == ["for the paper"]
