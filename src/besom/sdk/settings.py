"""``besom.Settings``: what may be said of a run besides ``init``'s arguments, and how the sources of it rank.

From strongest to weakest: an argument of ``init``, the ``settings`` it was given, ``besom.setup(settings)``,
``BESOM_X``, ``WANDB_X``, the folder's file (``besom init``), what ``besom login`` kept.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from besom.client import folder_settings
from besom.client.settings import check_url, directory, saved, variable
from besom.errors import SettingsError
from besom.sdk import ignored_options
from besom.sdk.values import as_text, plain

_TRUE = {"1", "true", "yes", "on", "t", "y"}
_FALSE = {"0", "false", "no", "off", "f", "n"}
_CHOICES = {
    "mode": {"online": "online", "run": "online", "offline": "offline", "dryrun": "offline", "disabled": "disabled"},
    "console": {
        **{word: word for word in ("auto", "redirect", "wrap", "off")},
        **{"wrap_raw": "wrap", "wrap_emu": "wrap", "iterm": "wrap"},
    },
    "resume": {word: word for word in ("allow", "must", "never", "auto")},
    "reinit": {word: word for word in ("return_previous", "finish_previous", "create_new", "default")},
}
"""The words that a setting may be, and what each means."""


class Settings:
    """Settings of runs, by the names that W&B gives them; None: not said here.

    Settings of W&B that mean nothing here are accepted, and named in one warning.
    """

    mode: str | None = None
    project: str | None = None
    entity: str | None = None
    base_url: str | None = None
    """Address of the server."""
    api_key: str | None = None
    run_id: str | None = None
    run_name: str | None = None
    run_group: str | None = None
    run_job_type: str | None = None
    run_notes: str | None = None
    run_tags: Sequence[str] | None = None
    resume: str | bool | None = None
    reinit: str | bool | None = None
    root_dir: str | os.PathLike[str] | None = None
    """Folder below which ``besom/run-...`` is made."""
    console: str | None = None
    """How the program's output is captured: ``redirect``, ``wrap``, ``off`` or ``auto``."""
    code_dir: str | os.PathLike[str] | None = None
    """Folder whose source files are logged at the start, as by ``run.log_code``."""
    save_code: bool | None = None
    """Whether the main program's file is kept with the run."""
    disable_git: bool | None = None
    host: str | None = None
    program: str | None = None
    silent: bool | None = None
    """Prints nothing at all."""
    quiet: bool | None = None
    """Prints no more than warnings."""
    init_timeout: float | None = None
    """Seconds that ``init`` waits for a server that is away."""
    x_disable_stats: bool | None = None
    """No load of machine and process is recorded."""
    x_disable_meta: bool | None = None
    """No facts about machine, git state and packages are recorded."""
    x_stats_sampling_interval: float | None = None
    """Seconds between two samples of the load."""
    sagemaker_disable: bool | None = None
    """Leaves SageMaker's hyperparameters out of the config."""

    def __init__(self, **given: Any) -> None:
        """Settings by name.

        Raises:
            SettingsError: a value makes no sense.
            TypeError: no setting of that name, here or in W&B.
        """
        self.ignored = _ignored(given)
        """Names of settings that have no effect."""
        for name, value in given.items():
            if name in _VARIABLES and value is not None:
                setattr(self, name, _checked(name, value, f"Settings({name}=...)"))

    def over(self, weaker: Settings) -> Settings:
        """These settings, and those of ``weaker`` where nothing is said here."""
        return Settings(**{**weaker.said(), **self.said()})

    def said(self) -> dict[str, Any]:
        """What is said here, by name."""
        return {name: value for name, value in vars(self).items() if value is not None and name in _VARIABLES}

    @property
    def offline(self) -> bool:
        """Whether the run is kept on disk only."""
        return self.mode == "offline"

    @property
    def disabled(self) -> bool:
        """Whether nothing is kept at all."""
        return self.mode == "disabled"

    @property
    def folder(self) -> Path:
        """Folder of the run folders."""
        return directory(self.root_dir)

    def __repr__(self) -> str:
        shown = {name: "..." if name == "api_key" else value for name, value in self.said().items()}
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in shown.items())})"


_VARIABLES = {
    **{name: name.upper() for name in Settings.__annotations__},
    "run_name": "NAME",
    "run_job_type": "JOB_TYPE",
    "run_notes": "NOTES",
    "run_tags": "TAGS",
    "root_dir": "DIR",
    "x_disable_stats": "DISABLE_STATS",
    "x_disable_meta": "DISABLE_META",
}
"""What the environment calls each setting, after ``BESOM_`` or ``WANDB_``."""
_SWITCHES = {"save_code", "disable_git", "silent", "quiet", "x_disable_stats", "x_disable_meta", "sagemaker_disable"}
_SECONDS = {"init_timeout", "x_stats_sampling_interval"}
_TEXTS = {"run_name", "run_group", "run_job_type", "run_notes", "host", "program", "api_key"}
_FOLDERS = {"root_dir", "code_dir"}
_ALSO = {
    "dir": "root_dir",
    "wandb_dir": "root_dir",
    "_disable_stats": "x_disable_stats",
    "_disable_meta": "x_disable_meta",
}


def _ignored(given: dict[str, Any]) -> list[str]:
    """Takes old names for new ones in ``given``; returns the names that have no effect."""
    for old in [name for name in given if name in _ALSO]:
        given.setdefault(_ALSO[old], given.pop(old))
    without = [name for name in given if name not in _VARIABLES]
    for name in without:
        if name not in ignored_options.SETTINGS_WITHOUT_EFFECT and not name.startswith(("x_", "_")):
            from difflib import get_close_matches  # late: only for a message

            close = get_close_matches(name, [*_VARIABLES, *ignored_options.SETTINGS_WITHOUT_EFFECT], n=1)
            raise TypeError(f"There is no setting {name!r}{f'; did you mean {close[0]!r}?' if close else ''}")
    return [name for name in without if given[name] not in (None, False)]


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """What ``BESOM_X`` says, else ``WANDB_X``.

    Raises:
        SettingsError: one of them makes no sense; names it.
    """
    found = Settings()
    for name, word in _VARIABLES.items():
        text = variable(word, environ)
        if text is None and name.startswith("x_"):
            text = variable(name.upper(), environ)
        if text is not None:
            setattr(found, name, _checked(name, text, f"BESOM_{word} (or WANDB_{word})"))
    if found.mode is None and (variable("DISABLED", environ) or "").lower() in _TRUE:
        found.mode = "disabled"
    return found


def from_files(root_dir: str | os.PathLike[str] | None, environ: Mapping[str, str] | None = None) -> Settings:
    """What the folder's file says, else what is kept for the user."""
    of_folder = Settings(**folder_settings.read(directory(root_dir, environ)))
    kept = saved(environ)
    return of_folder.over(Settings(**{name: kept[name] for name in ("project", "entity", "base_url") if name in kept}))


def resolve(
    *strongest_first: Settings | Mapping[str, Any] | None, environ: Mapping[str, str] | None = None
) -> Settings:
    """All sources as one: the given ones, then the environment, then the files.

    Raises:
        SettingsError: one of them makes no sense.
    """
    said = Settings()
    for given in strongest_first:
        if given is not None:
            said = said.over(given if isinstance(given, Settings) else Settings(**given))
    said = said.over(from_environment(environ))
    return said.over(from_files(said.root_dir, environ))


def _checked(name: str, value: Any, where: str) -> Any:
    if name in _SWITCHES:
        word = str(value).lower()
        if word not in _TRUE | _FALSE:
            raise SettingsError(f"{where} is {value!r}.", "Use true or false.")
        return word in _TRUE
    if name in _SECONDS:
        try:
            seconds = float(value)
        except (TypeError, ValueError):
            seconds = -1.0
        if not 0 <= seconds < float("inf"):
            raise SettingsError(f"{where} is {value!r}.", "Give seconds, as a number of at least 0.")
        return seconds
    if name in _TEXTS:
        return _text(value, where)
    if name in _FOLDERS and not isinstance(value, str | os.PathLike):
        raise SettingsError(f"{where} is {value!r}.", "Give the path of a folder.")
    if name == "base_url":
        return check_url(_text(value, where))
    if name == "run_tags":
        return words(value.split(",") if isinstance(value, str) else value, where)
    return _chosen(name, value, where) if name in _CHOICES else value


def words(value: Any, where: str) -> list[str]:
    """The texts in a list or another collection, without blanks around them and empty ones.

    Raises:
        SettingsError: it is no collection; names ``where`` it was given.
    """
    if not isinstance(value, Iterable):
        raise SettingsError(f"{where} is {value!r}.", "Give a list of words.")
    stripped = (as_text(word).strip() for word in value)
    return [word for word in stripped if word]


def _text(value: Any, where: str) -> str:
    """Text, also of a number: runs are called and grouped by the numbers of folds and seeds."""
    known = plain(value, fallback=lambda _name, _value: None)
    if not isinstance(known, (str, int, float)):
        raise SettingsError(f"{where} is {value!r}.", "Give it as text.")
    return as_text(known)


def _chosen(name: str, value: Any, where: str) -> Any:
    if isinstance(value, bool) and name in ("resume", "reinit"):
        return value
    word = str(value).lower()
    if name in ("resume", "reinit") and word in _TRUE | _FALSE:
        return word in _TRUE
    if word not in _CHOICES[name]:
        allowed = ", ".join(dict.fromkeys(_CHOICES[name].values()))
        raise SettingsError(f"{where} is {value!r}.", f"Use one of: {allowed}.")
    return _CHOICES[name][word]
