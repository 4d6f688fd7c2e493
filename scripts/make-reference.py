"""Writes docs/reference.md, the Python API told by its own docstrings: `make reference`."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import besom
from besom import errors
from besom.client.agents import Agent
from besom.client.artifacts import Artifact
from besom.client.files import File
from besom.client.projects import Project
from besom.client.run_list import Runs
from besom.client.runs import Run
from besom.client.sweeps import Sweep
from besom.sdk import plot
from besom.search import Search

PAGE = Path(__file__).parents[1] / "docs" / "reference.md"
HEAD = """\
# Reference of the Python API

Every public function, class, argument and attribute, in the words of the code itself (`make reference` writes this
page). How they are used is told in [the training script](python.md), [files](files.md), [results in Python](api.md),
[your own search](own-search.md) and [the search as a library](search-library.md). Commands, options and variables are
in [commands](cli.md).
"""
DOUBLE_BACKQUOTES = re.compile(r"(?<!`)``(?!`)")
SECTION = re.compile(r"(Args|Raises|Returns|Example)::?")
ENTRY = re.compile(r"([\w, .*`]+): (.*)", re.DOTALL)


def contents() -> dict[str, dict[str, Any]]:
    """Functions and classes by their names, in chapters."""
    functions = {f"besom.{name}": getattr(besom, name) for name in besom.__all__}
    media = ("Image", "Table", "Histogram", "Html", "Audio", "Video", "Artifact")
    return {
        "Functions": {name: found for name, found in functions.items() if inspect.isfunction(found)},
        "A run of this program": {"besom.Run": besom.Run, "besom.Settings": besom.Settings},
        "What can be logged": {f"besom.{name}": getattr(besom, name) for name in media},
        "Charts of tables": {f"besom.plot.{name}": getattr(plot, name) for name in plot.__all__},
        "What is on the server": {
            "besom.Api": besom.Api,
            **{kind.__name__: kind for kind in (Project, Sweep, Run, Runs, Agent, Artifact, File)},
        },
        "Search in this process": {"besom.controller": besom.controller, "besom.search.Search": Search},
        "Errors": {f"besom.errors.{name}": kind for name, kind in vars(errors).items() if inspect.isclass(kind)},
    }


def page() -> str:
    """The whole page as Markdown."""
    parts = [HEAD]
    for chapter, found in contents().items():
        parts.append(f"## {chapter}")
        for name, thing in found.items():
            parts += [f"### {name}", *(of_class(name, thing) if inspect.isclass(thing) else of_function(name, thing))]
    return DOUBLE_BACKQUOTES.sub("`", "\n\n".join(part.rstrip() for part in parts)) + "\n"


def of_function(name: str, function: Any) -> list[str]:
    """How it is called, and what its docstring says."""
    return [call(name, function), *prose(inspect.getdoc(function) or "")]


def of_class(name: str, kind: type) -> list[str]:
    """What it is, how it is made where users make it, its attributes and its methods."""
    parts = prose(inspect.getdoc(kind) or "")
    if name.startswith("besom.") and name != "besom.Run" and "__init__" in vars(kind):
        parts = [call(name, kind.__init__), *parts, *prose(inspect.getdoc(kind.__init__) or "")]
    described = dict(members(kind))
    attributes = {**plain_attributes(kind), **{key: doc for key, doc in described.items() if isinstance(doc, str)}}
    if attributes:
        parts.append("\n".join(f"- `{key}`: {' '.join(doc.split())}" for key, doc in attributes.items()))
    for key, method in described.items():
        if not isinstance(method, str):
            parts += [f"#### {name.rpartition('.')[2]}.{key}", *of_function(key, method)]
    return parts


def members(kind: type) -> Iterator[tuple[str, Any]]:
    """Public methods, and properties by their docstrings; those that it inherits from besom's classes, too."""
    seen: set[str] = set()
    for base in kind.__mro__:
        for key, found in vars(base).items() if base.__module__.startswith("besom.") else ():
            if key.startswith("_") or key in seen:
                continue
            seen.add(key)
            if isinstance(found, property | cached_property):
                yield key, inspect.getdoc(found) or ""
            elif inspect.isfunction(found) or isinstance(found, classmethod | staticmethod):
                yield key, getattr(kind, key)


def plain_attributes(kind: type) -> dict[str, str]:
    """Attributes that the class body declares, with the text below each."""
    body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0].body
    found = {}
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and not node.target.id.startswith("_"):
            is_text = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            found[node.target.id] = inspect.cleandoc(after.value.value) if is_text else ast.unparse(node.annotation)
    return found


def call(name: str, function: Any) -> str:
    """The signature, without types: the text says what they are."""
    signature = inspect.signature(function)
    plain = [one.replace(annotation=one.empty) for one in signature.parameters.values() if one.name != "self"]
    text = f"{name}{signature.replace(parameters=plain, return_annotation=signature.empty)}"
    return f"```text\n{textwrap.fill(text, 110, subsequent_indent='    ', break_long_words=False)}\n```"


def prose(doc: str) -> list[str]:
    """A docstring as Markdown: arguments and errors are lists, examples are code."""
    parts, lines = [], doc.splitlines()
    while lines:
        section = SECTION.fullmatch(lines[0])
        inside = (
            (lambda line: not line or line.startswith(" ")) if section else (lambda line: not SECTION.fullmatch(line))
        )
        end = next((number for number, line in enumerate(lines[1:], 1) if not inside(line)), len(lines))
        block = textwrap.dedent("\n".join(lines[1 if section else 0 : end])).strip("\n")
        if section is None:
            parts.append(block)
        elif section[1] == "Example":
            parts.append(f"```python\n{block}\n```")
        else:
            parts.append(listed(section[1], block))
        lines = lines[end:]
    return [part for part in parts if part]


def listed(section: str, block: str) -> str:
    """Arguments, errors or the result, an item each."""
    items = [" ".join(item.split()) for item in re.split(r"\n(?! )", block)]
    word = {"Raises": "raises ", "Returns": "returns: "}.get(section, "")
    found = []
    for item in items:
        entry = ENTRY.fullmatch(item) if section != "Returns" else None
        found.append(f"- {word}`{entry[1]}`: {entry[2]}" if entry else f"- {word}{item}")
    return "\n".join(found)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
