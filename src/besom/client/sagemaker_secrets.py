"""Amazon SageMaker: the file beside a job's source that says where its server is, and the key for it."""

from __future__ import annotations

import os
from pathlib import Path

NAME = "secrets.env"


def load_secrets(folder: Path) -> None:
    """Puts what ``sagemaker_auth`` wrote into the environment; variables that are set stay as they are.

    Only in a SageMaker job: elsewhere a file of that name may be anybody's.
    """
    if "TRAINING_JOB_NAME" not in os.environ and "SM_TRAINING_ENV" not in os.environ:
        return
    try:
        text = (folder / NAME).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and name.startswith(("BESOM_", "WANDB_")):
            os.environ.setdefault(name, value)
