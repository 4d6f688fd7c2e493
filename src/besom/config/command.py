"""Builds the command line of one run from the ``command`` of the configuration. No shell is involved."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from besom.config.command_macros import ABSENT, DEFAULT_COMMAND, ENVIRONMENT_VARIABLE, MACRO, MACROS, find_value
from besom.config.model import SweepConfig
from besom.config.problem import ConfigError, Problem


def expand_command(
    command: SweepConfig | Sequence[str] | None,
    program: str | None,
    values: Mapping[str, Any],
    *,
    interpreter: str,
    environ: Mapping[str, str],
    windows: bool = False,
    json_file: str | os.PathLike[str] | None = None,
    names: Iterable[str] = (),
) -> list[str]:
    """Return the arguments, one list element each.

    A parameter that does not exist in a run is no argument of it: an element that is made with it is left out.

    Args:
        command: a configuration, or its command (None or empty: the default).
        program: what ``${program}`` stands for; None takes the configuration's own.
        values: the run's parameters by top-level name, nested groups as dicts.
        interpreter: what ``${interpreter}`` stands for.
        environ: where ``${envvar:NAME}`` is looked up; an unset variable leaves its bare name.
        windows: leaves ``${env}`` out, since there is no such program.
        json_file: the file that ``${args_json_file}`` names; the caller writes it if ``needs_json_file(command)``.
        names: what the sweep calls its parameters and groups, see ``parameter_names``; a configuration knows its own.

    Raises:
        ConfigError: the command uses ``${program}`` and there is none.
        ValueError: the command uses ``${args_json_file}`` and ``json_file`` is None.
    """
    if isinstance(command, SweepConfig):
        program = command.program if program is None else program
        names = parameter_names(command.stored)
    absent = {name for name in names if find_value(values, name) is ABSENT}
    ordered = dict(sorted(values.items()))
    arguments: list[str] = []
    for element in _elements(command):
        whole = MACRO.fullmatch(element)
        name = whole[1] if whole else None
        if name in MACROS:
            if name == "program" and program is None:
                raise ConfigError([_NO_PROGRAM])
            arguments += _macro(name, program or "", ordered, interpreter, windows, json_file)
        elif any(match[1] in absent for match in MACRO.finditer(element)):
            continue
        elif name is not None and find_value(values, name) is ABSENT and not ENVIRONMENT_VARIABLE.fullmatch(name):
            continue  # An unknown macro; the check of the configuration has warned of it.
        else:
            text = MACRO.sub(lambda match: _inside(match, values, environ), element)
            if text or not _names_variable(element):
                arguments.append(text)
    return arguments


def parameter_names(stored: Mapping[str, Any]) -> list[str]:
    """The flattened names of all parameters and groups of a sweep's configuration as the server shows it."""
    names: list[str] = []
    for name, body in (stored.get("parameters") or {}).items():
        names.append(name)
        if isinstance(body, Mapping) and "parameters" in body:
            names += [f"{name}.{inner}" for inner in parameter_names(body)]
    return names


def needs_program(command: SweepConfig | Sequence[str] | None) -> bool:
    """Whether the command uses ``${program}``; the default command does."""
    return "${program}" in _elements(command)


def needs_json_file(command: SweepConfig | Sequence[str] | None) -> bool:
    """Whether the command uses ``${args_json_file}``, so that the caller must write that file."""
    return "${args_json_file}" in _elements(command)


def check_runnable(config: SweepConfig) -> None:
    """Raise ConfigError if no command line can be built: ``${program}`` is used, but no program is given.

    A sweep whose runs are calls of a Python function needs no program, so ``load`` does not ask for one.
    """
    if config.program is None and needs_program(config):
        raise ConfigError([_NO_PROGRAM])


_NO_PROGRAM = Problem(
    ("program",),
    "The command runs `${program}`, but the configuration names no program.",
    "add `program: train.py`, or write the program into `command`.",
)


def _elements(command: SweepConfig | Sequence[str] | None) -> Sequence[str]:
    if isinstance(command, SweepConfig):
        command = command.command
    return command or DEFAULT_COMMAND


def _macro(
    name: str,
    program: str,
    values: Mapping[str, Any],
    interpreter: str,
    windows: bool,
    json_file: str | os.PathLike[str] | None,
) -> list[str]:
    match name:
        case "env":
            return [] if windows else ["/usr/bin/env"]
        case "interpreter":
            return [interpreter]
        case "program":
            return [program]
        case "args_json":
            return [json.dumps(values)]
        case "args_json_file":
            if json_file is None:
                raise ValueError("the command uses ${args_json_file}, so json_file must be given")
            return [os.fspath(json_file)]
        case "args_no_equals":
            return [text for key, value in values.items() for text in (f"--{key}", str(value))]
        case "args_no_boolean_flags":
            return [_flag(key, value) for key, value in values.items() if value is not False]
    prefix = {"args_no_hyphens": "", "args_append_hydra": "+", "args_override_hydra": "++"}.get(name, "--")
    return [f"{prefix}{key}={value}" for key, value in values.items()]


def _flag(key: str, value: Any) -> str:
    return f"--{key}" if value is True else f"--{key}={value}"


def _inside(match: re.Match[str], values: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    """What stands for ``${...}`` within an element; what is unknown stays as it is."""
    if variable := ENVIRONMENT_VARIABLE.fullmatch(match[1]):
        return environ.get(variable[1], variable[1])
    value = find_value(values, match[1])
    return match[0] if value is ABSENT else str(value)


def _names_variable(element: str) -> bool:
    return any(ENVIRONMENT_VARIABLE.fullmatch(match[1]) for match in MACRO.finditer(element))
