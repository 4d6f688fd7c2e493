"""`make demo`: the embedded server, a Bayesian sweep over real data, two agents in parallel, and the best run.

Everything it makes lies in `.demo` at the root of the checkout. With `--end` it ends by itself; otherwise the
server stays up until Ctrl-C, so that the page can be looked at.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
DEMO = HERE.parents[1] / ".demo"
AGENTS = 2
POLL_SECONDS = 0.5

# Before besom is imported: the demo's server and files must not mix with the user's own.
for name in [name for name in os.environ if name.startswith(("BESOM_", "WANDB_"))]:
    del os.environ[name]
os.environ["BESOM_HOME"] = str(DEMO / "home")
os.environ["BESOM_DIR"] = str(DEMO)

from rich.console import Console  # noqa: E402
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: E402

import besom  # noqa: E402
from besom.client.pages import page_address  # noqa: E402
from besom.client.runs import Run  # noqa: E402

BESOM = [sys.executable, "-m", "besom.cli"]
ENDED = {"finished", "failed", "crashed", "killed"}
console = Console(highlight=False, soft_wrap=True)


def create_sweep() -> str:
    """Runs `besom sweep sweep.yaml`, as a user would; returns the sweep's path."""
    console.print("[dim]$[/dim] besom sweep sweep.yaml")
    done = subprocess.run([*BESOM, "sweep", "sweep.yaml"], cwd=HERE, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(done.returncode)
    print(done.stdout, end="", flush=True)
    match = re.search(r"besom agent (\S+)", done.stdout)
    assert match, "besom sweep prints the agent's command"
    return match[1]


def start_agents(path: str) -> list[subprocess.Popen[bytes]]:
    """Starts the agents; what they print goes to files."""
    agents = []
    for number in range(1, AGENTS + 1):
        log = DEMO / f"agent-{number}.log"
        console.print(f"[dim]$[/dim] besom agent {path} [dim]> {log.relative_to(DEMO.parent)} &[/dim]")
        with log.open("wb") as output:
            agents.append(subprocess.Popen([*BESOM, "agent", path], cwd=HERE, stdout=output, stderr=output))
    return agents


def follow(path: str, agents: list[subprocess.Popen[bytes]]) -> None:
    """Shows each run that ends, and how far the sweep is, until the agents have left."""
    sweep = besom.Api().sweep(path)
    seen: set[str] = set()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("runs", total=sweep.config["run_cap"])
        while True:
            over = all(agent.poll() is not None for agent in agents)
            sweep.load(force=True)
            for run in sweep.runs:
                if run.state in ENDED and run.id not in seen:
                    seen.add(run.id)
                    progress.console.print(describe(run))
            best = sweep.best_run()
            title = "runs" if best is None else f"best val_loss {best.summary['val_loss']:.4f}"
            progress.update(task, completed=len(seen), description=title)
            if over:
                break
            time.sleep(POLL_SECONDS)


def describe(run: Run) -> str:
    """One line about a run that is over."""
    loss, accuracy = run.summary.get("val_loss"), run.summary.get("val_accuracy")
    values = "no value" if loss is None else f"val_loss {loss:.4f}  accuracy {accuracy:5.1%}"
    config = run.config
    settings = (
        f"{config['optimizer']:4}  lr {config['learning_rate']:.4f}  batch {config['batch_size']:<3}"
        f"  hidden {config['hidden']:<3}  alpha {config['alpha']:.0e}"
        if config
        else ""
    )
    how = "  stopped early" if run.stopped else "" if run.state == "finished" else f"  {run.state}"
    return f"  {run.name:18} {values}  [dim]{settings}{how}[/dim]"


def main() -> int:
    """Runs the demo; returns the exit code."""
    end_by_itself = "--end" in sys.argv[1:]
    for number in (signal.SIGINT, signal.SIGTERM):  # also when started in the background, where Ctrl-C is ignored
        signal.signal(number, signal.default_int_handler)
    DEMO.mkdir(exist_ok=True)
    agents: list[subprocess.Popen[bytes]] = []
    try:
        path = create_sweep()
        agents = start_agents(path)
        follow(path, agents)
        if any(agent.returncode for agent in agents):
            console.print(f"An agent failed; see {DEMO.relative_to(Path.cwd())}/agent-*.log")
            return 1
        sweep = besom.Api().sweep(path)
        best = sweep.best_run()
        assert best is not None, "a finished sweep has a best run"
        console.print(f"\n[bold]Best run: {best.name}[/bold]")
        for name, value in sorted(best.config.items()):
            console.print(f"  {name:14} {value:.6g}" if isinstance(value, float) else f"  {name:14} {value}")
        console.print(f"  [bold]{'val_loss':14} {best.summary['val_loss']:.4f}[/bold]")
        console.print(f"  [bold]{'val_accuracy':14} {best.summary['val_accuracy']:.1%}[/bold]")
        print(f"\nDashboard: {page_address(besom.Api().connection, sweep.url)}", flush=True)
        if not end_by_itself:
            console.print("The server stays up until you press Ctrl-C.")
            signal.pause()
    except KeyboardInterrupt:
        console.print()
    finally:
        for agent in agents:
            if agent.poll() is None:
                agent.terminate()
        for agent in agents:
            agent.wait()
        subprocess.run([*BESOM, "server", "stop"], check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
