"""Runs by the thousand, in seconds."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from filling import EPOCHS, METRIC, Filler, Place, history, sample

WITH_CURVES = 160


def many_runs(filler: Filler, place: Place, count: int, data: Path) -> None:
    """The best and some others come through REST with their curves; the rest are rows made from those, straight in the
    database, which is what takes minutes otherwise."""
    points = []
    for number in range(count):
        rng = random.Random(number)
        params = sample(rng)
        points.append((params, history(params, rng, EPOCHS)))
    points.sort(key=lambda point: float(point[1][-1]["data"][METRIC]))
    whole = points[:100] + points[100 :: max(1, count // 60)]
    for number, (params, records) in enumerate(whole[: min(count, WITH_CURVES)]):
        run, code = f"run{number:06d}", 1 if number % 23 == 22 else 0
        filler.begin(place, run, name=f"sweep-{number + 1}", config=params)
        filler.report(place, run, [*records, {"type": "exit", "code": code, "time": records[-1]["time"]}])
    rest = [point for point in points[100:] if not any(point is other for other in whole[100:])]
    _as_rows(place, rest[: max(0, count - len(whole))], data / "besom.db")


def _as_rows(place: Place, points: list[tuple[dict[str, Any], list[dict[str, Any]]]], database: Path) -> None:
    with closing(sqlite3.connect(database, timeout=60)) as db, db:
        db.row_factory = sqlite3.Row
        model = dict(
            db.execute("SELECT * FROM runs WHERE sweep_id = ? AND state = 'finished'", (place.sweep,)).fetchone()
        )
        del model["key"]
        summary = json.loads(model["summary"])
        rows = []
        for number, (params, records) in enumerate(points):
            last = records[-1]["data"]
            values = dict.fromkeys(("metric_best", "metric_worst", "metric_last", "metric_value"), last[METRIC])
            told = {"config": json.dumps(params), "summary": json.dumps({**summary, **last})}
            name = {"id": f"row{number:06d}", "name": f"sweep-{WITH_CURVES + number + 1}"}
            rows.append({**model, **values, **told, **name})
        columns = ", ".join(f'"{name}"' for name in model)
        db.executemany(f"INSERT INTO runs ({columns}) VALUES ({', '.join(f':{name}' for name in model)})", rows)
