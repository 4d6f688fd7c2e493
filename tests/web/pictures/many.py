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
AGENTS = 40


def many_runs(filler: Filler, place: Place, count: int, data: Path) -> None:
    """The best and some others come through REST with their curves, from agents that then go on with another run; the
    rest are rows made from those, straight in the database, which is what takes minutes otherwise."""
    points = []
    for number in range(count):
        rng = random.Random(number)
        params = sample(rng)
        points.append((params, history(params, rng, EPOCHS)))
    points.sort(key=lambda point: float(point[1][-1]["data"][METRIC]))
    whole = points[:100] + points[100 :: max(1, count // 60)]
    agents = [filler.join(place, f"gpu-{number:02d}.cluster.example", 7000 + number) for number in range(AGENTS)]
    for number, (params, records) in enumerate(whole[: min(count, WITH_CURVES)]):
        run, code = f"{place.sweep}{number:06d}", 1 if number % 23 == 22 else 0
        filler.begin(place, run, name=f"sweep-{number + 1}", config=params, agent_id=agents[number % AGENTS])
        filler.report(place, run, [*records, {"type": "exit", "code": code, "time": records[-1]["time"]}])
    rest = [point for point in points[100:] if not any(point is other for other in whole[100:])]
    _as_rows(place, rest[: max(0, count - len(whole))], agents, data / "besom.db")
    for agent in agents:
        filler.running_run(place, agent, random.Random(agent), epochs=4)


def _as_rows(
    place: Place, points: list[tuple[dict[str, Any], list[dict[str, Any]]]], agents: list[str], database: Path
) -> None:
    """Runs like the first that finished, each with what happened to it."""
    with closing(sqlite3.connect(database, timeout=60)) as db, db:
        db.row_factory = sqlite3.Row
        model = dict(
            db.execute("SELECT * FROM runs WHERE sweep_id = ? AND state = 'finished'", (place.sweep,)).fetchone()
        )
        happened = [dict(row) for row in db.execute("SELECT * FROM events WHERE run_id = ?", (model["id"],))]
        del model["key"]
        summary = json.loads(model["summary"])
        rows, events = [], []
        for number, (params, records) in enumerate(points):
            last = records[-1]["data"]
            values = dict.fromkeys(("metric_best", "metric_worst", "metric_last", "metric_value"), last[METRIC])
            told = {"config": json.dumps(params), "summary": json.dumps({**summary, **last})}
            about = {"id": f"{place.sweep}row{number:06d}", "name": f"sweep-{WITH_CURVES + number + 1}"}
            rows.append({**model, **values, **told, **about, "agent_id": agents[number % len(agents)]})
            events += [{**event, "id": None, "run_id": about["id"]} for event in happened]
        _insert(db, "runs", rows)
        _insert(db, "events", events)


def _insert(db: sqlite3.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        columns = ", ".join(f'"{name}"' for name in rows[0])
        values = ", ".join(f":{name}" for name in rows[0])
        db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({values})", rows)
