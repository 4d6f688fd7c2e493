"""A sweep whose runs log pictures and plain tables at each step, to be looked at side by side."""

from __future__ import annotations

import json
import math
import time
from io import BytesIO

from filling import METRIC, Filler, Place
from PIL import Image

RUNS = 5
SIZE = 96


def sweep_of_drawings(filler: Filler, project: str) -> Place:
    """Each run draws rings that get sharper, and says what it took them for."""
    place = filler.sweep(project, "drawings of rings", run_cap=RUNS)
    agent = filler.join(place, "gpu-3", 3100)
    for number in range(RUNS):
        order = filler.take_run(agent, [])
        run = str(order["run_id"])
        filler.begin(place, run, agent_id=agent)
        records = []
        for step in range(3):
            image, table = f"media/images/rings_{step}.png", f"media/table/guesses_{step}.json"
            filler.log_file(place, run, image, _rings(number + 2, step))
            rows = [[f"ring {i}", i, round(0.4 + 0.1 * step + 0.03 * i, 3)] for i in range(4)]
            text = json.dumps({"columns": ["what", "class", "certainty"], "data": rows}).encode()
            filler.log_file(place, run, table, text)
            data = {
                METRIC: 1.0 - 0.1 * number - 0.2 * step,
                "rings": {"_type": "image-file", "path": image, "caption": f"{number + 2} rings after epoch {step}"},
                "guesses": {"_type": "table-file", "path": table, "size": len(text), "ncols": 3, "nrows": 4},
            }
            records.append({"type": "history", "step": step, "time": time.time(), "data": data})
        filler.report(place, run, [*records, {"type": "exit", "code": 0, "time": time.time()}])
        filler.ask("POST", f"/agents/{agent}/runs/{run}/exit", {"exit_code": 0})
    return place


def _rings(count: int, step: int) -> bytes:
    half = SIZE / 2
    shades = [
        int(128 + 42 * (step + 1) * math.sin(count * math.hypot(x - half, y - half) / 8))
        for y in range(SIZE)
        for x in range(SIZE)
    ]
    picture = Image.frombytes("L", (SIZE, SIZE), bytes(shades))
    png = BytesIO()
    picture.save(png, "PNG")
    return png.getvalue()
