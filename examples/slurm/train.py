"""Trains a linear classifier, and survives that Slurm takes its node: the next job goes on where this one was.

    besom sweep sweep.yaml
    sbatch array.sh ENTITY/PROJECT/ID   # what `besom sweep` printed

Slurm sends SIGTERM before it takes a node. The program then saves what it has, marks its run as preempted and exits
with an error. The sweep hands the same run out again before anything new, and `init` gets to know that it goes on.
"""

import argparse
import pickle
import signal
import sys
from pathlib import Path

from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

import besom

told_to_leave = False


def leave_soon(*_: object) -> None:
    """Handles SIGTERM. Only takes note: the epoch that is under way shall end."""
    global told_to_leave  # noqa: PLW0603  (a signal handler has nothing else)
    told_to_leave = True


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--alpha", type=float, default=1e-4, help="L2 penalty")
    parser.add_argument("--epochs", type=int, default=100)
    return parser.parse_args()


def main() -> None:
    signal.signal(signal.SIGTERM, leave_soon)
    with besom.init(project="slurm", config=parse_arguments()) as run:
        images, labels = load_digits(return_X_y=True)
        x_train, x_val, y_train, y_val = train_test_split(images / 16.0, labels, random_state=0, stratify=labels)
        checkpoint = Path("checkpoints") / f"{run.id}.pickle"  # in a folder that all nodes see
        if run.resumed and checkpoint.exists():
            model, first = pickle.loads(checkpoint.read_bytes())
        else:
            model, first = SGDClassifier(loss="log_loss", alpha=run.config.alpha, random_state=0), 0

        for epoch in range(first, run.config.epochs):
            model.partial_fit(x_train, y_train, classes=range(10))
            val_loss = log_loss(y_val, model.predict_proba(x_val))
            run.log({"epoch": epoch, "val_loss": val_loss, "val_accuracy": model.score(x_val, y_val)})
            if told_to_leave:
                checkpoint.parent.mkdir(exist_ok=True)
                checkpoint.write_bytes(pickle.dumps((model, epoch + 1)))
                run.mark_preempting()
                sys.exit(1)


if __name__ == "__main__":
    main()
