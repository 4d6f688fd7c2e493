"""What the page of a sweep costs while somebody works with it, in real Chromium on the same cores as the server.

    python benchmarks/page_work.py

The first row is the goal, not another program. *Brush*: from a movement of the mouse on an axis of parallel
coordinates over 10,000 runs until the frame in which lines, count and all else that is in sight follow; of the lines
1,500 that are spread over all of them, as long as the hand moves. *At rest*: from the last movement until all 10,000
are drawn, of which 150 ms are waited for. *Curves*:
from the choice to draw 200 of them, each of a run with 10,000 points, until they are drawn. *CPU* is what the
browser, and for curves the server, takes for it, which other work on the machine does not change. *Live*: CPU of
server and browser while 50 runs log a row each five seconds and the page is open, in percent of one core; what is in
sight then are the numbers of the sweep and the first charts, or else the table. *Shown*: from sending such a row to the
frame in which its value is in the table, or the best of all above it, over as long again; a value of a run in sight
that was passed over took for ever. *Busy*: the same of a program beside them that an agent runs and that calls `log`
ten times a second: from the call to the frame in which its value, or one after it, is in the table. *Script*:
what the browser has to load, compressed, until the table of runs stands, and all that there is. The peers of the
table before have no page on which all runs follow a brush, or draw curves of a few runs at a time.
"""

from __future__ import annotations

import gzip
import json
import math
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from harness import Table, clean_home, median
from page.browser import Browser, Page, chromium, cpu, cpu_since, fresh, until
from page.runs import METRIC, OWNER, fill, point
from page.server import Server, serving

import besom.server
from besom.client.connection import Connection
from besom.protocol import NewRun, StreamAck

RUNS = 10_000
CURVES, POINTS = 200, 10_000
MOVES = 15
REST = 1_000
"""Milliseconds after a movement in which all that follows it is drawn."""
CURVE_ROUNDS = 5
LIVE_RUNS, LIVE_EVERY, LIVE_SECONDS = 50, 5.0, 30.0
BUSY_PROGRAM = f"""\
import time, besom
value = 0.001
with besom.init() as run, open("logged", "w", buffering=1) as logged:
    while True:
        time.sleep(0.1)
        value *= 0.98
        print(value, time.time(), file=logged)
        run.log({{"{METRIC}": value}})
"""
"""Each of its values is the best of all so far, and can be told from the last one in the digits that are shown."""

NOTE_STROKES = """() => {
  const stroke = CanvasRenderingContext2D.prototype.stroke;
  CanvasRenderingContext2D.prototype.stroke = function (...path) {
    stroke.apply(this, path);
    window.stroked = performance.now();
  };
}"""
COUNTER = "document.querySelector('[aria-label=\"Runs to show\"] [role=status]')"


def measure() -> Table:
    columns = [
        "brush (ms)",
        "its CPU",
        "at rest (ms)",
        "200 curves (ms)",
        "their CPU",
        "live (%)",
        "live, table (%)",
        "shown, median (ms)",
        "shown, longest (ms)",
        "busy, median (ms)",
        "busy, longest (ms)",
        "first script (kB)",
        "all script (kB)",
    ]
    table = Table("Page at work", columns, "the units named", "the first row")
    table.add("goal", 100, 100, None, 500, 500, 10, 10, 1_000, 1_000, 1_000, 1_000, 150, 350)
    with clean_home() as home:
        pages = fill(home, {"brush": (RUNS, 20), "curves": (CURVES, POINTS), "live": (0, 0)})
        with chromium() as browser, serving(home) as server:
            brushed = brush(browser, server, pages["brush"])
            drawn = curves(browser, server, pages["curves"])
            shown = live(browser, server, pages["live"])
            followed = busy(browser, server, pages["live"], home / "busy")
            table.add("besom", *brushed, *drawn, *shown, *followed, *script_size())
    return table


def open_page(
    browser: Browser,
    server: Server,
    path: str,
    shown: str,
    kept: dict[str, object] | None = None,
    *,
    shares: bool = False,
) -> Page:
    """A page of a new profile that shows all that it is to show.

    ``kept``: choices that its reader has made. ``shares``: its stream with other windows, as usual, which to Playwright
    is a network that is never idle.
    """
    context = fresh(browser)
    if not shares:
        context.add_init_script("delete window.SharedWorker")
    server.sign_in(context)
    for name, value in (kept or {}).items():
        entry = json.dumps([f"besom.kept/{name}", json.dumps(value)])
        context.add_init_script(f"localStorage.setItem(...{entry})")
    page = context.new_page()
    page.goto(server.url + path, wait_until="commit")
    until(page, shown)
    return page


def brush(browser: Browser, server: Server, path: str) -> tuple[float, float, float]:
    """Milliseconds from a movement to its frame, of CPU, and from the last movement until nothing more is drawn."""
    drawn = "[...document.querySelectorAll('[role=img]')].some((one) => one.ariaLabel.includes('10,000 runs, a line'))"
    page = open_page(browser, server, path, drawn)
    axis = page.get_by_role("group", name="Axis lr").locator("div").last
    axis.scroll_into_view_if_needed()
    box = axis.bounding_box()
    assert box is not None
    x, top, height = box["x"] + box["width"] / 2, box["y"], box["height"]
    page.evaluate("addEventListener('pointermove', (event) => { window.moved = event.timeStamp }, true)")
    page.evaluate(NOTE_STROKES)
    page.mouse.move(x, top + 4)
    page.mouse.down()
    page.mouse.move(x, top + 0.3 * height)
    times, taken, rested = [], [], []
    for number in range(MOVES):
        page.wait_for_load_state("networkidle")
        page.evaluate(f"window.before = {COUNTER}.textContent")
        begin = cpu(browser)
        page.mouse.move(x, top + height * (0.3 + 0.6 * (number + 1) / MOVES))
        shown = until(page, f"{COUNTER}.textContent != window.before")
        taken.append(cpu_since(begin, browser))
        times.append(shown - page.evaluate("window.moved"))
        page.wait_for_timeout(REST)
        rested.append(page.evaluate("window.stroked - window.moved"))
    page.mouse.up()
    page.context.close()
    return median(times), median(taken), median(rested)


def curves(browser: Browser, server: Server, path: str) -> tuple[float, float]:
    """Milliseconds from the choice to draw so many to the picture, and of CPU."""
    few = {f"{OWNER}/curves/curves": {"all": {"most": 10}, "own": {}}}
    drawn = "[...document.querySelectorAll('[role=img]')].some((one) => one.ariaLabel.includes(', {} curves'))"
    times, taken = [], []
    for _ in range(CURVE_ROUNDS):
        page = open_page(browser, server, path, drawn.format(10), few)
        page.wait_for_load_state("networkidle")
        page.get_by_role("button", name=f"Settings of {METRIC} of each run").click()
        choice = page.get_by_label("Draw at most")
        page.evaluate("addEventListener('change', (event) => { window.chosen = performance.now() }, true)")
        begin = cpu(browser, server.pid)
        choice.select_option(str(CURVES))
        shown = until(page, drawn.format(CURVES))
        taken.append(cpu_since(begin, browser, server.pid))
        times.append(shown - page.evaluate("window.chosen"))
        page.context.close()
    return median(times), median(taken)


def live(browser: Browser, server: Server, path: str) -> tuple[float, float, float, float]:
    """Percent of a core that server and browser take together, of the page's top and of its table; milliseconds until
    a value is shown: the median, and the longest."""
    running = Running(Connection(server.url, server.key), path)
    listed = f"document.querySelector('table[aria-label=Runs]')?.ariaRowCount == {LIVE_RUNS + 1}"
    page = open_page(browser, server, path, listed, shares=True)
    stop = threading.Event()
    thread = threading.Thread(target=running.log_until, args=(stop,))
    thread.start()
    try:
        top = _share_of_core(browser, server)
        page.get_by_role("table", name="Runs").evaluate("(table) => table.scrollIntoView()")
        table = _share_of_core(browser, server)
        page.evaluate(WATCH)
        begin = time.time()
        time.sleep(LIVE_SECONDS)
        delays = running.delays(page.evaluate("window.seen"), begin)
        return top, table, median(delays), max(delays)
    finally:
        stop.set()
        thread.join()
        page.context.close()


def busy(browser: Browser, server: Server, path: str, folder: Path) -> tuple[float, float]:
    """Milliseconds from ``log`` to the frame that shows its value or a later one: the median, and the longest."""
    folder.mkdir()
    (folder / "train.py").write_text(BUSY_PROGRAM)
    page = open_page(browser, server, path, "document.querySelector('table[aria-label=Runs]')", shares=True)
    page.get_by_role("table", name="Runs").evaluate("(table) => table.scrollIntoView()")
    page.evaluate(WATCH)
    _, owner, project, _, sweep = path.split("/")
    command = [sys.executable, "-m", "besom.cli", "agent", "--count", "1", f"{owner}/{project}/{sweep}"]
    known = {"BESOM_BASE_URL": server.url, "BESOM_API_KEY": server.key}
    agent = subprocess.Popen(command, cwd=folder, env={**os.environ, **known}, stderr=subprocess.DEVNULL)
    try:
        page.wait_for_timeout(1000 * LIVE_SECONDS)
        seen = [(value, at) for run, value, at in page.evaluate("window.seen") if not run.startswith("live-")]
    finally:
        agent.terminate()
        agent.wait()
        page.context.close()
    logged = [tuple(map(float, line.split())) for line in (folder / "logged").read_text().splitlines()]
    last = min(value for value, _ in seen)
    delays = [
        1000 * (min(shown for other, shown in seen if other <= value * (1 + 1e-3)) - at)
        for value, at in logged
        if value >= last * (1 + 1e-3)
    ]
    return median(delays), max(delays)


def _share_of_core(browser: Browser, server: Server) -> float:
    time.sleep(LIVE_SECONDS / 3)  # what is loaded once does not count
    begin, before = time.monotonic(), cpu(browser, server.pid)
    time.sleep(LIVE_SECONDS)
    return 0.1 * cpu_since(before, browser, server.pid) / (time.monotonic() - begin)


WATCH = """() => {
  const known = new Map();
  const all = () => {
    const names = [...document.querySelectorAll("table[aria-label=Runs] th")].map((one) => one.textContent);
    const column = names.findIndex((name) => name.trim() === "METRIC");
    const rows = [...document.querySelectorAll("table[aria-label=Runs] tbody tr[data-index]")];
    const cells = rows.map((row) => [row.querySelector("a").href.split("/").at(-1), row.cells[column].textContent]);
    return [["best", document.querySelector("[aria-label='Best run'] strong")?.textContent], ...cells];
  };
  window.seen = [];
  const look = () => requestAnimationFrame(() => setTimeout(() => {
    const now = Date.now() / 1000;
    for (const [id, text] of all()) {
      if (known.has(id) && known.get(id) !== text) window.seen.push([id, Number(text), now]);
      known.set(id, text);
    }
  }));
  look();
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
}""".replace("METRIC", METRIC)
"""Notes when the metric of a run, or the best of all, is another one on the page: which, its value, the Unix time."""


class Running:
    """Runs of a sweep that log and do not end."""

    def __init__(self, connection: Connection, path: str) -> None:
        _, owner, project, _, sweep = path.split("/")
        self._connection = connection
        self._runs = f"/projects/{owner}/{project}/runs"
        self._offsets = dict.fromkeys((f"live-{number}" for number in range(LIVE_RUNS)), 0)
        self._sent: list[tuple[str, float, float]] = []
        self._step = 0
        for number, run in enumerate(self._offsets):
            new = NewRun(id=run, sweep_id=sweep, config=point(number), started=time.time())
            connection.request("POST", self._runs, body=new)
            self._log(run)

    def log_until(self, stop: threading.Event) -> None:
        """A row of each run in each interval, evenly spread."""
        while not stop.is_set():
            self._step += 1
            for run in self._offsets:
                self._log(run)
                if stop.wait(LIVE_EVERY / LIVE_RUNS):
                    return

    def delays(self, seen: list[tuple[str, float, float]], begin: float) -> list[float]:
        """Milliseconds from sending a value to the frame that shows it, of those sent after ``begin``.

        A value of a run in sight that was passed over, since a later one of that run was shown, took for ever.
        """
        return [
            delay
            for run in {run for run, _, _ in seen}
            for delay in self._delays_of(run, [(value, shown) for of, value, shown in seen if of == run], begin)
        ]

    def _delays_of(self, run: str, seen: list[tuple[float, float]], begin: float) -> list[float]:
        sent: dict[float, float] = {}
        for of, value, at in self._sent:
            if run in ("best", of):
                sent.setdefault(value, at)
        found = {}
        for value, at in sent.items():
            if at >= begin:
                times = [shown for as_text, shown in seen if math.isclose(value, as_text, rel_tol=1e-3)]
                found[value] = 1000 * (min(times) - at) if times else math.inf
        while found and math.isinf(found[last := next(reversed(found))]):
            del found[last]  # still on its way
        return list(found.values())

    def _log(self, run: str) -> None:
        values = {METRIC: 1 / (1 + self._step), "accuracy": self._step / 100}
        self._sent.append((run, values[METRIC], time.time()))
        row = {"type": "history", "step": self._step, "time": time.time(), "data": values}
        line = json.dumps(row).encode() + b"\n"
        place, at = f"{self._runs}/{run}/stream", {"offset": self._offsets[run]}
        lines = {"Content-Type": "application/jsonl"}
        reply = self._connection.request("POST", place, body=line, query=at, headers=lines, reply=StreamAck)
        self._offsets[run] = reply.offset


def script_size() -> tuple[float, float]:
    """Kilobytes of script, packed: what the page itself names, with which the table stands, and all that there is."""
    static = Path(besom.server.__file__).parent / "static"
    sizes = {file.name: len(gzip.compress(file.read_bytes(), 9)) / 1000 for file in static.glob("**/*.js")}
    page = (static / "index.html").read_text()
    return sum(size for name, size in sizes.items() if f'/{name}"' in page), sum(sizes.values())


if __name__ == "__main__":
    print(measure())
