"""A program that logs everything that can be logged: numbers, pictures, boxes, tables, histograms, sound, files."""

import argparse
import math
import time
from pathlib import Path

import numpy as np

import besom


def digit(rng, size=28):
    """A ring, a stroke or both: something like a written digit."""
    y, x = np.mgrid[0:size, 0:size]
    ring = np.exp(-((np.hypot(x - size / 2, y - size / 2) - rng.uniform(5, 9)) ** 2) / 4)
    stroke = np.exp(-((x - size / 2 + rng.uniform(-0.6, 0.6) * (y - size / 2)) ** 2) / 5)
    return np.clip(ring * rng.integers(0, 2) + stroke * rng.integers(0, 2) + 0.04 * rng.random((size, size)), 0, 1)


def main():
    """Trains for a few seconds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--project", default="digits")
    args = parser.parse_args()
    rng = np.random.default_rng(4)
    config = {"lr": 0.004, "batch_size": 32, "optimizer": "adam", "model": {"depth": 5, "width": 128}}
    with besom.init(
        project=args.project,
        name="baseline",
        tags=["baseline"],
        notes="Before any search.",
        config=config,
        settings=besom.Settings(x_stats_sampling_interval=0.1),
    ) as run:
        run.log_code(str(Path(__file__).parent))
        run.define_metric("val/*", step_metric="epoch")
        for epoch in range(args.epochs):
            loss = 0.1 + 1.6 * math.exp(-epoch / 6) + rng.normal(0, 0.02)
            accuracy = 1 - loss / 2.5
            row = {"loss": loss, "epoch": epoch, "lr": 0.004 * 0.9**epoch}
            row |= {"val/loss": loss * 1.1, "val/accuracy": accuracy}
            if epoch % 5 == 0:
                row["examples"] = [besom.Image(digit(rng), caption=f"read as {n}") for n in range(6)]
                row["weights"] = besom.Histogram(rng.normal(0, 1 + epoch / 20, 500), num_bins=32)
            run.log(row)
            print(f"epoch {epoch:2d}  loss \x1b[33m{loss:.4f}\x1b[0m  accuracy \x1b[32m{accuracy:.3f}\x1b[0m")
            time.sleep(0.1)
        box = {"position": {"minX": 0.2, "maxX": 0.8, "minY": 0.15, "maxY": 0.85}, "class_id": 1}
        boxes = {"found": {"box_data": [box], "class_labels": {1: "digit"}}}
        run.log({"where it looks": besom.Image(digit(rng), boxes=boxes)})
        table = besom.Table(columns=["picture", "truth", "guess", "confidence"])
        for number in range(60):
            picture = besom.Image(digit(rng)) if number < 8 else None
            table.add_data(picture, number % 10, (number * 7) % 10, rng.random())
        run.log({"mistakes": table})
        truth, names = rng.integers(0, 3, 200), ["one", "two", "three"]
        guesses = rng.dirichlet((1, 1, 1), 200) + 0.7 * np.eye(3)[truth]
        guesses /= guesses.sum(1, keepdims=True)
        bars = besom.Table(columns=["digit", "errors"], data=[[str(n), int(rng.integers(1, 30))] for n in range(10)])
        charts = {
            "roc": besom.plot.roc_curve(truth, guesses, labels=names),
            "pr": besom.plot.pr_curve(truth, guesses, labels=names),
            "confused": besom.plot.confusion_matrix(y_true=truth, probs=guesses, class_names=names, title="Confused"),
            "series": besom.plot.line_series([0, 1, 2], [[1, 3, 2], [2, 1, 3]], keys=["train", "val"], title="Series"),
            "errors": besom.plot.bar(bars, "digit", "errors", title="Errors by digit"),
            "spread": besom.plot.histogram(bars, "errors", title="Spread of errors"),
        }
        run.log(charts)
        run.log({"summary": besom.Html("<h2>Summary</h2><p>Fives are read as sixes.</p>")})
        run.log({"tone": besom.Audio(np.sin(np.arange(8000) / 9), sample_rate=8000, caption="440 Hz")})
        folder = Path(run.dir)
        (folder / "code").mkdir()
        (folder / "code" / "train.py").write_text(Path(__file__).read_text())
        (folder / "weights.bin").write_bytes(bytes(rng.integers(0, 256, 40_000, dtype=np.uint8)))
        run.alert("Accuracy stands still", "No gain for five epochs.", level="WARN")
        about = {"accuracy": 0.91, "data": {"name": "mnist", "rows": 60_000}}
        artifact = besom.Artifact("digits", "model", description="The network after its last epoch.", metadata=about)
        artifact.add_dir(folder / "code", "code")
        artifact.add_file(folder / "weights.bin")
        run.log_artifact(artifact, aliases=["best"]).wait()
        run.use_artifact("digits:best")
    print(f"run={run.id}")


main()
