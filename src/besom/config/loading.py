"""From whatever a user hands over to a checked configuration."""

from __future__ import annotations

import codecs
import os
import pathlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from besom.config.check import check
from besom.config.json_data import as_json_data
from besom.config.model import SweepConfig
from besom.config.problem import NOTHING, ConfigError, Path, Problem
from besom.config.report import Report
from besom.config.spelling import nearest
from besom.config.yaml_reader import read_yaml
from besom.config.yaml_writer import write_yaml

Source = str | os.PathLike[str] | Mapping[str, Any] | Callable[[], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration that passed the check, what to warn the user of, and its text."""

    config: SweepConfig
    warnings: list[Problem]
    text: str
    """As written, comments included; made from the data when it came from Python."""


def load(source: Source, *, filename: str | None = None) -> Loaded:
    """Read and check a sweep configuration.

    Args:
        source: YAML or JSON text, a path, a mapping, or a function without arguments that returns a mapping. A string
            is text, unless it is one line that ends in ``.yaml``, ``.yml`` or ``.json``; then it is a path.
        filename: what messages call text that came from a file.

    Raises:
        ConfigError: with every problem at once.
    """
    if isinstance(source, str):
        if "\n" not in source and source.strip().endswith((".yaml", ".yml", ".json")):
            return load_file(source.strip())
        return load_text(source, filename)
    if isinstance(source, os.PathLike):
        return load_file(source)
    if isinstance(source, Mapping):
        return load_mapping(source)
    if callable(source):
        return load_mapping(source())
    raise ConfigError([_not_a_mapping(source)], source=filename)


def load_file(path: str | os.PathLike[str]) -> Loaded:
    """Read and check a file. Raises ConfigError, also for a file that cannot be read."""
    name = os.fspath(path)
    try:
        raw = pathlib.Path(path).read_bytes()
    except FileNotFoundError:
        guess = nearest(name, map(str, pathlib.Path(path).parent.glob("*.y*ml")))
        fix = f"write `{guess}`, which is there." if guess else "check the name and the current directory."
        raise _file_error(name, "The file does not exist.", fix) from None
    except IsADirectoryError:
        raise _file_error(name, "This is a directory, not a file.", "name the sweep file inside it.") from None
    except PermissionError:
        raise _file_error(name, "The file may not be read.", "give yourself permission to read it.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _file_error(name, f"The file cannot be read: {reason}.", "check the name.") from None
    if name.endswith(".py"):
        raise _file_error(
            name,
            "This is a program; a sweep is described by a YAML file.",
            f"write `program: {name}` into one, and name that.",
        )
    return load_text(_decode(raw, name), name)


def load_mapping(config: Mapping[str, Any]) -> Loaded:
    """Check a configuration built in Python. Raises ConfigError."""
    if not isinstance(config, Mapping):
        raise ConfigError([_not_a_mapping(config)])
    report = Report()
    data = as_json_data(config, report)
    return _finish(data, report, {}, None)


def load_stored(config: Mapping[str, Any]) -> SweepConfig:
    """The configuration of a sweep, as its server has it. Bounds on sizes are for what comes in, so they do not hold.

    Raises:
        ConfigError: it is none by the rules of today.
    """
    report = Report(bounded=False)
    return _checked(as_json_data(config, report), report, {})[0]


def load_text(text: str, source: str | None = None) -> Loaded:
    """Check YAML or JSON text, which messages call ``source``. Raises ConfigError."""
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise ConfigError([Problem((), "There is nothing in it.", _MINIMAL)], source=source)
    document = read_yaml(text, source)
    if document.data is None:
        raise ConfigError([Problem((), "It holds comments only.", _MINIMAL)], source=source)
    if not isinstance(document.data, dict):
        raise ConfigError([_not_a_mapping(document.data)], document.warnings, source)
    report = Report(document.positions, source)
    report.extend(document.warnings)
    return _finish(as_json_data(document.data, report), report, document.literals, text)


def _finish(data: dict[str, Any], report: Report, literals: dict[Path, str], text: str | None) -> Loaded:
    config, warnings = _checked(data, report, literals)
    return Loaded(config, warnings, write_yaml(config.stored) if text is None else text)


def _checked(data: dict[str, Any], report: Report, literals: dict[Path, str]) -> tuple[SweepConfig, list[Problem]]:
    """The configuration, and what to warn of. Raises ConfigError."""
    if report.has_errors():
        report.close()
    config = check(data, report, literals)
    warnings = report.close()
    if config is None:
        raise AssertionError("the check reported no error, yet gave no configuration")
    return config, warnings


def _decode(raw: bytes, name: str) -> str:
    """Decode UTF-8, or UTF-16 with its mark, which Windows shells write."""
    utf16 = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return raw.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = Problem(
            (), f"The byte 0x{raw[error.start]:02x} is not UTF-8 text.", "save the file as UTF-8.", line=line
        )
        raise ConfigError([problem], source=name) from None


def _file_error(name: str, rule: str, fix: str) -> ConfigError:
    return ConfigError([Problem((), rule, fix)], source=name)


def _not_a_mapping(value: Any) -> Problem:
    shown = value if isinstance(value, (str, int, float, list)) else NOTHING
    return Problem((), f"A sweep configuration is a mapping of keys to values, not {_kind(value)}.", _MINIMAL, shown)


def _kind(value: Any) -> str:
    names = {str: "text", list: "a list", int: "a number", float: "a number", bool: "a boolean", type(None): "nothing"}
    return names.get(type(value), f"a value of type {type(value).__name__}")


_MINIMAL = "start with `method: random` and `parameters: {lr: {min: 0.001, max: 0.1}}`."
