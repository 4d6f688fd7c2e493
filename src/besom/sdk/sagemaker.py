"""Amazon SageMaker: hyperparameters of a training job, and a key that travels with its source."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from besom.client import sagemaker_secrets, settings
from besom.errors import AuthenticationError, SettingsError
from besom.private_file import write_private

HYPERPARAMETERS = Path("/opt/ml/input/config/hyperparameters.json")
"""Where SageMaker puts them, all as text."""


def hyperparameters(path: Path | None = None, environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The job's hyperparameters, numbers and JSON told from text; empty outside SageMaker.

    Args:
        path: the file; ``BESOM_SAGEMAKER_PARAMETERS`` when missing, else where SageMaker puts it.
        environ: instead of the process's environment.

    Raises:
        SettingsError: the file cannot be used.
    """
    file = path or Path(settings.variable("SAGEMAKER_PARAMETERS", environ) or HYPERPARAMETERS)
    try:
        given = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"SageMaker's hyperparameters in {file} cannot be read: {error}.") from None
    if not isinstance(given, dict):
        raise SettingsError(f"SageMaker's hyperparameters in {file} are not a mapping of names to values.")
    return {key: _value(value) for key, value in given.items()}


def sagemaker_auth(overrides: Mapping[str, str] | None = None, path: str | os.PathLike[str] = ".") -> None:
    """Writes the server's address and the key into ``secrets.env`` in ``path``, the folder of the job's source.

    ``init``, agents and the command line read that file in their working directory, where SageMaker puts the source.

    Args:
        overrides: more variables for the file, or other values.
        path: the folder that SageMaker is given as source.

    Raises:
        SettingsError: no server is configured that a job could reach, or the file cannot be written.
        AuthenticationError: there is no key for it.
    """
    given = {name.replace("WANDB_", "BESOM_"): value for name, value in (overrides or {}).items()}
    url = settings.base_url(given.get("BESOM_BASE_URL"))
    if url is None:
        raise SettingsError("No server is configured that a SageMaker job could reach.", "Run: besom login --host URL")
    key = settings.api_key(url, given.get("BESOM_API_KEY"))
    if key is None:
        raise AuthenticationError(
            f"There is no key for {url}.", f"Run: besom login --host {url}", status=401, code="no_key"
        )
    said = {"BESOM_BASE_URL": url, "BESOM_API_KEY": key, **given}
    file = Path(path) / sagemaker_secrets.NAME
    try:
        write_private(file, "".join(f"{name}={value}\n" for name, value in said.items()))
    except OSError as error:
        raise SettingsError(f"{file} cannot be written: {error.strerror}.") from None


def _value(text: Any) -> Any:
    """SageMaker's command line makes text of all values, with JSON's quotes around what was text."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
