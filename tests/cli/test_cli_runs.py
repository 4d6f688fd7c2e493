"""`besom runs` and `besom enqueue`."""

import csv
import json
import re

import pytest
from cli_user import GRID

from late_import import LateImport

fastparquet = LateImport("fastparquet")

TRAIN = "import besom\nrun = besom.init()\nrun.log({'loss': -run.config.lr})\n"


def create(user, text: str = GRID) -> str:
    user.write("sweep.yaml", text)
    user.write("train.py", TRAIN)
    return json.loads(user.besom("sweep", "sweep.yaml", "--json").out)["path"]


@pytest.fixture(scope="module")
def done(home, tmp_path_factory):
    """Someone with a sweep whose three runs are done, and its path."""
    from cli_user import User, environment

    user = User(tmp_path_factory.mktemp("done"), environment(home))
    path = create(user, GRID + "metric: {name: loss, goal: minimize}\n")
    assert user.besom("agent", path).code == 0
    return user, path


def test_the_runs_of_a_sweep_come_best_first(done):
    user, path = done
    head, *rows = user.besom("runs", path).out.splitlines()
    assert head.split() == ["RUN", "NAME", "STATE", "BEST", "STEPS", "PARAMETERS"]
    assert [row.split()[-1] for row in rows] == ["lr=0.3", "lr=0.2", "lr=0.1"]
    assert rows[0].split()[2:5] == ["finished", "-0.3", "1"]


def test_runs_are_filtered_ordered_and_limited(done):
    user, path = done
    filters = '{"config.lr": {"$gt": 0.15}}'
    result = user.besom("runs", path, "--filter", filters, "--order", "+config.lr", "--limit", "1", "--json")
    assert [run["params"] for run in json.loads(result.out)] == [{"lr": 0.2}]


def test_the_runs_of_a_project_are_listed_and_those_that_are_not_shown_are_counted(done):
    user, path = done
    shown = user.besom("runs", path.rsplit("/", 1)[0], "--limit", "2")
    assert (len(shown.out.splitlines()), shown.err) == (3, "1 more: --limit 3 shows all.\n")


def test_what_is_neither_a_sweep_nor_a_project_is_named_with_what_was_meant(done):
    user, path = done
    mistyped = path.rsplit("/", 1)[1][:-1]
    said = user.fails("runs", mistyped)
    assert f"There is neither a sweep nor a project {mistyped} on" in said
    assert f"Did you mean {mistyped}" in said
    assert "sweep.yaml is a file" in user.fails("runs", "sweep.yaml")


def test_runs_are_written_to_a_file_whose_name_says_the_format(done):
    user, path = done
    filters = '{"config.lr": {"$gt": 0.15}}'
    user.write("runs.csv.part", "mine")
    assert "Wrote runs.csv" in user.besom("export", path, "-o", "runs.csv", "--filter", filters).out
    rows = list(csv.DictReader((user.folder / "runs.csv").open()))
    assert [(row["config.lr"], row["summary.loss"]) for row in rows] == [("0.2", "-0.2"), ("0.3", "-0.3")]
    user.besom("export", path.rsplit("/", 1)[0], "-o", "runs.parquet")
    typed = fastparquet.ParquetFile(str(user.folder / "runs.parquet")).to_pandas()
    assert typed["config.lr"].tolist() == [0.1, 0.2, 0.3]
    assert ".csv or .parquet" in user.fails("export", path, "-o", "runs.xlsx")
    for folder in ("bad", "train.py"):
        assert f"{folder}/runs.csv cannot be written" in user.fails("export", path, "-o", f"{folder}/runs.csv")
    assert sorted(file.name for file in user.folder.glob("*runs.*")) == ["runs.csv", "runs.csv.part", "runs.parquet"]
    assert (user.folder / "runs.csv.part").read_text() == "mine"


def test_a_filter_that_is_no_json_is_named(done):
    user, path = done
    assert "--filter is 'lr<1'" in user.fails("runs", path, "--filter", "lr<1")


def test_prior_runs_by_sweep_and_by_filter_are_not_run_again(done):
    user, path = done
    sweep = path.rsplit("/", 1)[1]
    made = json.loads(user.besom("sweep", "sweep.yaml", "--prior-sweep", sweep, "--json").out)
    assert user.besom("agent", made["path"]).code == 0
    assert "No runs." in user.besom("runs", made["path"]).out
    filters = '{"config.lr": {"$lt": 0.15}}'
    made = json.loads(user.besom("sweep", "sweep.yaml", "--prior-filter", filters, "--json").out)
    user.besom("agent", "--count", "1", made["path"])
    assert "lr=0.2" in user.besom("runs", made["path"]).out


def test_a_queued_configuration_is_run_first(user):
    path = create(user)
    result = user.besom("enqueue", path, "lr=0.3", "--name", "my guess")
    assert result.code == 0, result.said
    assert re.match(r"Queued my guess \(\w+\)\. ", result.out)
    assert f"besom agent {path}" in result.out
    user.besom("agent", "--count", "1", path)
    assert re.search(r"my guess +finished .* lr=0\.3", user.besom("runs", path, "--order", "created_at").out)


def test_a_nested_parameter_is_named_with_dots(user):
    nested = "method: random\nparameters:\n  opt: {parameters: {lr: {min: 0.0, max: 1.0}}}\n  a.b: {values: [1, 2]}\n"
    path = create(user, nested)
    result = user.besom("enqueue", path, "opt.lr=1e-3", "a.b=2", "--json")
    assert json.loads(result.out)["params"] == {"opt": {"lr": 0.001}, "a.b": 2}


@pytest.mark.parametrize(
    ("words", "said"),
    [(["lr"], "gives no value"), (["lr=9"], "lr"), (["x=1"], "x"), (["lr=0.1", "lr=0.2"], "given twice")],
    ids=["no value", "out of range", "unknown", "twice"],
)
def test_a_configuration_that_cannot_be_run_is_refused(user, words, said):
    path = create(user)
    assert said in user.fails("enqueue", path, *words)
