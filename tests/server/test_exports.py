"""Runs as a table to download: comma-separated values, and Parquet, which another library reads back."""

from __future__ import annotations

import csv
import io
import math
import sys
from typing import Any

import pytest
from server_world import Refused, World

from besom.server.api import exports
from besom.server.services import parquet_export, run_table
from besom.server.services.csv_export import csv_pieces
from besom.server.services.run_table import open_table
from late_import import LateImport

fastparquet = LateImport("fastparquet")

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True


async def fetch(world: World, kind: str, **query: str) -> bytes:
    reply = await world.client.get(f"/api/v1{world.runs_path('export')}", params={"format": kind, **query})
    assert reply.status_code == 200, reply.text
    assert f".{kind}" in reply.headers["content-disposition"]
    return reply.content


async def export(world: World, **query: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((await fetch(world, "csv", **query)).decode())))


async def frame(world: World, tmp_path: Any, **query: str) -> Any:
    file = tmp_path / "runs.parquet"
    file.write_bytes(await fetch(world, "parquet", **query))
    return fastparquet.ParquetFile(str(file)).to_pandas()


async def test_the_table_of_runs_has_every_run_config_and_summary(
    world: World, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.begin("a", name="first", tags=["x", "y"], config={"lr": 0.5, "net": {"width": 3, "act": "relu"}})
    await world.log("a", 1.5, code=0)
    await world.begin("b", config={"sizes": [1, 2], "big": True})
    rows = await export(world)
    assert [row["id"] for row in rows] == ["a", "b"]
    assert (rows[0]["name"], rows[0]["tags"], rows[0]["state"]) == ("first", "x, y", "finished")
    assert rows[0]["creator"] == "ann"
    assert (rows[0]["config.lr"], rows[0]["config.net.width"], rows[0]["config.net.act"]) == ("0.5", "3", "relu")
    assert (rows[0]["summary.loss"], rows[1]["summary.loss"]) == ("1.5", "")
    assert (rows[1]["config.sizes"], rows[1]["config.big"]) == ("[1,2]", "true")
    assert [row["id"] for row in await export(world, filter='{"config.lr": 0.5}')] == ["a"]
    monkeypatch.setattr(run_table, "_AT_ONCE", 50)
    for number in range(110):
        await world.begin(f"many{number}")
    assert len({row["id"] for row in await export(world)}) == 112
    monkeypatch.setattr(parquet_export, "_GROUP_BYTES", 1)
    assert (await frame(world, tmp_path))["id"].nunique() == 112
    assert len(fastparquet.ParquetFile(str(tmp_path / "runs.parquet")).row_groups) == 3
    caller = await world.services.sessions.caller(world.key, "key")
    pieces = csv_pieces(await open_table(world.services.ctx, caller, "ann", "demo", sweep=None, filter_text=None))
    shown = [await anext(pieces), await anext(pieces)]
    await world.call("DELETE", world.runs_path("a"))
    shown += [piece async for piece in pieces]
    assert len(list(csv.DictReader(io.StringIO(b"".join(shown).decode())))) == 112, "a run was passed over"


async def test_nothing_in_the_table_is_a_formula_and_numbers_stay_numbers(world: World) -> None:
    await world.begin("a", name="=HYPERLINK(1)", tags=["@x"], config={"cmd": "+1+1", "low": -3.5, "text": "-3.5"})
    (row,) = await export(world)
    assert (row["name"], row["tags"], row["config.cmd"]) == ("'=HYPERLINK(1)", "'@x", "'+1+1")
    assert (row["config.low"], row["config.text"]) == ("-3.5", "-3.5")


async def test_columns_of_a_parquet_file_have_the_types_of_their_values(world: World, tmp_path: Any) -> None:
    first = {
        "lr": 1,
        "n": 3,
        "big": 2**70,
        "least": -(2**63),
        "on": True,
        "opt": {"name": "adam"},
        "mixed": "auto",
        "sizes": [1, math.pi],
    }
    second = {"lr": 0.5, "n": 4, "on": None, "mixed": 2}
    await world.begin("a", name="=first", tags=["x", "y"], config=first)
    await world.log("a", 1.5, code=0)
    await world.begin("b", config=second)
    await world.log("b", "NaN")
    await world.begin("c")
    found = await frame(world, tmp_path)
    assert list(found["id"]) == ["a", "b", "c"]
    kinds = {name: str(kind) for name, kind in found.dtypes.items()}
    assert kinds["config.lr"] == kinds["summary.loss"] == kinds["duration"] == "float64"
    assert kinds["created"].startswith("datetime64")
    assert found["created"][0].timestamp() == world.clock.now
    assert found["config.least"].dropna().tolist() == [-(2**63)]
    assert found["config.n"].dropna().tolist() == [3, 4]
    assert kinds["config.n"].lower().startswith(("int", "float"))
    assert found["config.on"].dropna().tolist() == [True]
    assert found["config.lr"][:2].tolist() == [1.0, 0.5]
    assert (found["summary.loss"][0], math.isnan(found["summary.loss"][1])) == (1.5, True)
    text = {"name": "=first", "config.opt.name": "adam", "config.mixed": "auto", "config.big": str(2**70)}
    assert {name: found[name][0] for name in text} == text
    assert found["config.mixed"][1] == "2"
    assert found["config.sizes"][0] == f"[1,{math.pi}]"
    assert found["config.sizes"][1] is None
    assert list(found["tags"][0]) == ["x", "y"]
    assert list((await frame(world, tmp_path, filter='{"config.n": 4}'))["id"]) == ["b"]


async def test_a_server_without_the_library_says_how_to_get_it_before_it_looks_at_any_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.begin("a")
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    monkeypatch.setattr(exports, "open_table", None)
    with pytest.raises(Refused, match="cannot write Parquet") as refused:
        await world.call("GET", world.runs_path("export?format=parquet"))
    assert "besom[parquet]" in refused.value.error["hint"]


async def test_a_table_of_a_project_that_is_not_there_is_refused_before_it_begins(world: World) -> None:
    await world.begin("a")
    for path, code in (
        ("/projects/ann/none/runs/export", "project_not_found"),
        (world.runs_path("export?filter={"), "bad_filter"),
        (world.runs_path("export?format=xls"), "bad_request"),
    ):
        with pytest.raises(Refused) as refused:
            await world.call("GET", path)
        assert refused.value.code == code
