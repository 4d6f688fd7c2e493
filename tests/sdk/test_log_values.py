"""What ``log`` takes, and how it lies in the spool."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import fractions
import json
import math
import resource
import threading
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import besom
from besom.errors import BesomError, UsageError
from besom.protocol import HistoryRecord, SummaryRecord, decode_number
from besom.sdk import sync
from besom.sdk.values import log_line
from late_import import LateImport

pd = LateImport("pandas")
torch = LateImport("torch")

pytestmark = pytest.mark.usefixtures("offline")

Json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(), below, max_size=4),
    max_leaves=12,
)


def decoded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: decoded(item) for key, item in value.items()}
    return [decoded(item) for item in value] if isinstance(value, list) else decode_number(value)


def same(a: Any, b: Any) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (math.isnan(a) and math.isnan(b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and a == b


@given(st.dictionaries(st.text(), Json, max_size=5))
def test_whatever_json_can_hold_comes_back_identical(data: dict[str, Any]) -> None:
    if any(word in repr(data) for word in ("NaN", "Infinity")):
        return  # the words that stand for numbers
    line, values = log_line(data)
    assert b"\n" not in line
    assert same(decoded(msgspec.json.decode(line)), data)
    assert same(values, data)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.text().filter(lambda key: not key.startswith("_")), Json, max_size=4), max_size=20))
def test_whatever_json_can_hold_comes_back_identical_from_the_server(connection, view, rows: list[dict]) -> None:
    rows = [row for row in rows if not any(word in repr(row) for word in ("NaN", "Infinity"))]
    run = besom.init(project="identical")
    for row in rows:
        run.log(row)
    run.finish(quiet=True)
    sync.ship(run.folder, connection)
    kept = [
        {key: value for key, value in row.items() if not key.startswith("_")} for row in view.rows("identical", run.id)
    ]
    assert same(decoded(kept), rows)


class Colour(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Options:
    depth: int
    kind: ClassVar[str] = "not a value"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (np.float64(0.5), 0.5),
        (np.float32("nan"), "NaN"),
        (np.int64(7), 7),
        (np.uint64(2**64 - 1), 2**64 - 1),
        (np.bool_(True), True),
        (np.array([1.5]), 1.5),
        (np.array([1.0, math.inf]), [1.0, "Infinity"]),
        (-math.inf, "-Infinity"),
        (2**70, 2**70),
        (-(10**307), -(10**307)),
        ("," + "1" * 309, "," + "1" * 309),
        ({"a": {"b": (1, 2)}}, {"a": {"b": [1, 2]}}),
        ({np.int64(1): "one", 2.5: "more"}, {"1": "one", "2.5": "more"}),
        (Path("a/b"), "a/b"),
        (None, None),
        (np.array(2.5), 2.5),
        (np.array([[3]]), 3),
        (decimal.Decimal("0.1"), 0.1),
        (fractions.Fraction(1, 4), 0.25),
        (Colour.RED, "red"),
        (datetime.datetime(2024, 5, 6, 7, 8, 9, tzinfo=datetime.timezone.utc), "2024-05-06T07:08:09+00:00"),
        (datetime.timedelta(minutes=1.5), 90.0),
        (Options(3), {"depth": 3}),
        (lambda: pd.Timestamp("2024-05-06"), "2024-05-06T00:00:00"),
        (lambda: pd.Series([1, 2])[0], 1),
        (lambda: torch.tensor(0.5), 0.5),
        (lambda: torch.tensor([1, 2]), [1, 2]),
        (lambda: torch.tensor([0.25], requires_grad=True), 0.25),
    ],
)
def test_numbers_of_other_libraries_become_plain_ones(value: Any, kept: Any) -> None:
    found = msgspec.json.decode(log_line({"x": value() if callable(value) else value})[0])["x"]
    assert (found, type(found)) == (kept, type(kept))


class Tensor:
    """Behaves as PyTorch's scalars do; counts how many are alive."""

    alive = 0

    def __init__(self) -> None:
        Tensor.alive += 1

    def __del__(self) -> None:
        Tensor.alive -= 1

    def item(self) -> float:
        return 2.5


def test_a_tensor_is_not_kept_alive_by_logging_it() -> None:
    run = besom.init()
    run.log({"loss": Tensor()})
    assert run.summary["loss"] == 2.5
    assert Tensor.alive == 0


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (3, "not a dict"),
        ([1], "not a dict"),
        ({1: 2}, "the key 1"),
        ({"a": {"b": object()}}, "'a.b'"),
        ({"a": {(1, 2): 3}}, r"\(1, 2\)"),
        ({"a": 1 + 2j}, "complex"),
        ({"a": "\ud800"}, "'a'"),
        ({"a": 10**400}, "'a' is an integer of more than 308 digits"),
        ({"a": -(10**5000)}, "'a' is an integer of more than 308 digits"),
        ({"small": 1, "a": {"b": [2, np.array(10**400)]}}, r"'a\.b\.1' is an integer"),
        ({"small": 1, "a": json.loads("[" * 600 + "]" * 600)}, "'a' (contains itself or )?is nested"),
        ({"small": 1, "huge": "x" * (17 << 20)}, "'huge'"),
    ],
)
def test_what_cannot_be_logged_is_refused_by_name(data: Any, message: str, records) -> None:
    run = besom.init()
    with pytest.raises(UsageError, match=message):
        run.log(data)
    run.log({"after": 1})
    assert [record.data for record in records() if isinstance(record, HistoryRecord)] == [{"after": 1}]


def test_a_value_that_contains_itself_is_refused() -> None:
    circle: dict[str, Any] = {}
    circle["self"] = circle
    with pytest.raises(UsageError, match="'x' contains itself"):
        log_line({"x": circle})


def steps(records) -> list[tuple[int, dict]]:
    return [(record.step, record.data) for record in records() if isinstance(record, HistoryRecord)]


def test_each_call_is_a_step_of_its_own(records) -> None:
    run = besom.init()
    for value in range(3):
        run.log({"a": value})
    assert steps(records) == [(0, {"a": 0}), (1, {"a": 1}), (2, {"a": 2})]
    assert run.step == 3


def test_calls_without_commit_share_a_step(records) -> None:
    run = besom.init()
    run.log({"a": 1}, commit=False)
    run.log({"b": 2})
    run.log({"a": 3})
    assert steps(records) == [(0, {"a": 1}), (0, {"b": 2}), (1, {"a": 3})]


def test_calls_with_the_same_step_share_it_until_a_call_without(records) -> None:
    run = besom.init()
    run.log({"a": 1}, step=10)
    run.log({"b": 2}, step=10)
    run.log({"c": 3})
    run.log({"d": 4})
    run.log({"e": 5}, step=20, commit=True)
    run.log({"f": 6})
    assert [step for step, _ in steps(records)] == [10, 10, 10, 11, 20, 21]


def test_a_step_that_goes_back_is_ignored_with_one_warning(records, capsys) -> None:
    run = besom.init()
    run.log({"a": 1}, step=5)
    run.log({"a": 2}, step=4)
    run.log({"a": 3}, step=3)
    assert steps(records) == [(5, {"a": 1})]
    assert capsys.readouterr().err.count("may not go back") == 1


@pytest.mark.parametrize(
    ("step", "message"), [("3", "whole number"), (0.0, "whole number"), (True, "whole number"), (2**53 + 1, "largest")]
)
def test_a_step_that_no_row_can_have_is_refused(step: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        besom.init().log({"a": 1}, step=step)


def test_many_threads_log_whole_rows_with_steps_in_order(records) -> None:
    run = besom.init()

    def work(name: str) -> None:
        for value in range(300):
            run.log({name: value, "text": "x" * 500})

    threads = [threading.Thread(target=work, args=(f"thread{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = steps(records)
    assert [step for step, _ in rows] == list(range(1200))
    for i in range(4):
        assert [data[f"thread{i}"] for _, data in rows if f"thread{i}" in data] == list(range(300))


def test_a_disk_that_fills_up_costs_only_the_row_that_says_so(records) -> None:
    run = besom.init()
    run.log({"a": "first"})
    size = (run.folder / "spool.jsonl").stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, before[1]))
    try:
        with pytest.raises(BesomError, match="cannot be written"):
            run.log({"a": "does not fit"})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    run.log({"a": "last"})
    assert [data["a"] for _, data in steps(records)] == ["first", "last"]


def test_after_finish_log_is_refused() -> None:
    run = besom.init()
    run.finish()
    with pytest.raises(UsageError, match="finished"):
        run.log({"a": 1})


def test_the_summary_has_the_last_values_and_what_was_set_by_hand(records) -> None:
    run = besom.init()
    run.log({"loss": 1.0, "nested": {"a": 1}})
    run.summary["best"] = np.float32(0.5)
    run.summary.update({"loss": 0.1}, why="by hand")
    assert run.summary.as_dict() == {"loss": 0.1, "nested": {"a": 1}, "best": 0.5, "why": "by hand"}
    run.log({"loss": 3.0})
    assert run.summary.loss == 3.0
    run.summary["worst"] = math.inf
    assert [record for record in records() if isinstance(record, SummaryRecord)][-1].data == {"worst": "Infinity"}


def test_disabled_keeps_the_interface_and_writes_nothing(tmp_path: Path) -> None:
    run = besom.init(mode="disabled", config={"lr": 1})
    run.log({"a": 1})
    run.summary["b"] = 2
    run.config.c = 3
    assert run.summary.as_dict() == {"a": 1, "b": 2}
    assert Path(run.dir).is_dir()
    run.finish()
    assert not (tmp_path / "besom").exists()


def test_the_summary_does_not_follow_what_the_program_changes_later() -> None:
    run = besom.init()
    values = [1]
    run.log({"values": values})
    values.append(2)
    assert run.summary["values"] == [1]


@pytest.mark.parametrize("where", ["summary", "config"])
def test_media_are_logged_and_not_kept_in_summary_or_config(where: str) -> None:
    run = besom.init()
    with pytest.raises(UsageError, match=r"'table' is a besom\.Table, which only log\(\) takes"):
        getattr(run, where)["table"] = besom.Table(columns=["a"], data=[[1]])
