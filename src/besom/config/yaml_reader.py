"""Reads YAML text into plain data and remembers at which line each key path stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from besom.config.problem import ConfigError, Path, Problem, too_long
from besom.config.report import Position
from besom.config.scalars import is_short_exponent, resolve, surprise
from besom.config.yaml_errors import syntax_problem, template_problem

_TAG_PREFIX = "tag:yaml.org,2002:"
_MERGE_KEY = "<<"
_DEEPEST = 100
_LONGEST = 1_000_000
"""Characters; reading more would keep a server busy for too long."""


@dataclass(slots=True)
class Document:
    """A YAML document as plain data, with the places of its parts."""

    data: Any = None
    positions: dict[Path, Position] = field(default_factory=dict)
    literals: dict[Path, str] = field(default_factory=dict)
    """The text of numbers that YAML 1.1 would have left as text, such as ``1e-4``."""
    warnings: list[Problem] = field(default_factory=list)


def read_yaml(text: str, source: str | None = None) -> Document:
    """Read one YAML document. Raises ConfigError, with the line, for text that is not one."""
    if len(text) > _LONGEST:
        rule = f"The text is {len(text):,} characters long; at most {_LONGEST:,} are read."
        raise ConfigError([Problem((), rule, "put long lists in a file and sweep over its name.")], source=source)
    # Late, because ruamel.yaml is slow to import and a configuration given as a dict does not need it.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    reader = YAML(typ="safe", pure=True)
    try:
        return _Composer(reader.parse(text), source).document()
    except YAMLError as error:
        problem = template_problem(text) or syntax_problem(text, error)
        raise ConfigError([problem], source=source) from None
    except ConfigError as error:
        if template := template_problem(text):
            raise ConfigError([template], source=source) from None
        raise error from None


class _Composer:
    """Turns parser events into data. Aliases share the object they name, so no text can blow up in memory here."""

    def __init__(self, events: Iterator[Any], source: str | None) -> None:
        self._events = events
        self._source = source
        self._anchors: dict[str, Any] = {}
        self._document = Document()
        self._placed: list[Path] = []
        """In the order of the text: what belongs to one value lies together."""

    def document(self) -> Document:
        self._next()
        if _kind(self._next()) == "StreamEnd":
            return self._document
        self._document.data = self._compose(self._next(), ())
        self._next()
        extra = self._next()
        if _kind(extra) != "StreamEnd":
            raise self._error(
                extra,
                (),
                "A sweep file holds one configuration, but a second YAML document starts here.",
                "remove the `---` line, or put the second configuration in a file of its own.",
            )
        return self._document

    def _next(self) -> Any:
        return next(self._events)

    def _compose(self, event: Any, path: Path) -> Any:
        kind = _kind(event)
        if len(path) > _DEEPEST:
            raise self._error(event, path[:3], f"Nested more than {_DEEPEST} levels deep.", "flatten the value.")
        if kind == "Alias":
            if event.anchor not in self._anchors:
                raise self._error(
                    event,
                    path,
                    f"`*{event.anchor}` refers to an anchor that is not complete here.",
                    f"define `&{event.anchor}` before using it, outside its own value.",
                )
            return self._anchors[event.anchor]
        value: Any
        if kind == "Scalar":
            value = self._scalar(event, path)
        elif kind == "SequenceStart":
            self._expect_tag(event, path, "seq")
            value = self._sequence(path)
        else:
            self._expect_tag(event, path, "map")
            value = self._mapping(path)
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        return value

    def _sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while _kind(event := self._next()) != "SequenceEnd":
            item = (*path, len(items))
            self._place(item, event)
            items.append(self._compose(event, item))
        return items

    def _mapping(self, path: Path) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        lines: dict[str, int] = {}
        spans: dict[str, tuple[int, int]] = {}
        while _kind(event := self._next()) != "MappingEnd":
            key = self._key(event, path)
            if broken := too_long(key):
                raise self._error(event, path, *broken)
            value_event = self._next()
            if key == _MERGE_KEY and event.style is None:
                self._merge(merged, value_event, event, path)
                continue
            here = (*path, key)
            line = event.start_mark.line + 1
            if key in lines:
                self._forget(spans[key])
                self._document.warnings.append(
                    Problem(
                        here,
                        f"`{key}` is given twice, on lines {lines[key]} and {line}; the last one counts.",
                        "remove one of the two.",
                        line=line,
                        column=event.start_mark.column + 1,
                        severity="warning",
                    )
                )
            lines[key] = line
            begin = len(self._placed)
            self._place(here, value_event if _kind(value_event) == "Scalar" and value_event.value else event)
            own[key] = self._compose(value_event, here)
            spans[key] = (begin, len(self._placed))
        return {**{key: value for key, value in merged.items() if key not in own}, **own}

    def _key(self, event: Any, path: Path) -> str:
        """Return a key as it is written: a parameter may well be called ``on`` or ``010``."""
        if _kind(event) == "Alias" and isinstance(text := self._anchors.get(event.anchor), str):
            return text
        if _kind(event) != "Scalar":
            raise self._error(
                event,
                path,
                "A key must be plain text, but here it is a list or a mapping.",
                "write `key: value`; quote text that holds braces or brackets.",
            )
        key: str = event.value
        if event.anchor is not None:
            self._anchors[event.anchor] = key
        return key

    def _merge(self, merged: dict[str, Any], event: Any, key_event: Any, path: Path) -> None:
        value = self._compose(event, (*path, _MERGE_KEY))
        sources = value if isinstance(value, list) else [value]
        if not all(isinstance(source, dict) for source in sources):
            raise self._error(
                key_event,
                (*path, _MERGE_KEY),
                "`<<` takes a mapping or a list of mappings.",
                "merge in an anchor that names a mapping, as in `<<: *defaults`.",
            )
        for source in sources:
            for key, item in source.items():
                if key not in merged:
                    merged[key] = item
                    if (*path, key) not in self._document.positions:
                        self._place((*path, key), key_event)

    def _scalar(self, event: Any, path: Path) -> Any:
        text: str = event.value
        tag = event.tag
        if tag in (None, "!"):
            if not event.implicit[0] or tag == "!":
                return text
            if note := surprise(text):
                line, column = event.start_mark.line + 1, event.start_mark.column + 1
                self._document.warnings.append(
                    Problem(path, note, f'write "{text}" if you meant text.', text, line, column, "warning")
                )
            if is_short_exponent(text):
                self._document.literals[path] = text
            return resolve(text)
        return self._tagged(event, path, str(tag).removeprefix(_TAG_PREFIX), text)

    def _tagged(self, event: Any, path: Path, tag: str, text: str) -> Any:
        value = resolve(text)
        if tag == "str":
            return text
        if tag == "float" and isinstance(value, (int, float)) and not isinstance(value, bool):
            try:
                return float(value)
            except OverflowError:
                pass
        if tag == "int" and isinstance(value, int) and not isinstance(value, bool):
            return value
        if tag == "bool" and isinstance(value, bool):
            return value
        if tag == "null" and value is None:
            return None
        if tag in ("float", "int", "bool", "null"):
            raise self._error(event, path, f"`!!{tag}` does not fit the text {text!r}.", "remove the tag or the text.")
        raise self._tag_error(event, path)

    def _expect_tag(self, event: Any, path: Path, tag: str) -> None:
        if event.tag not in (None, "!", _TAG_PREFIX + tag):
            raise self._tag_error(event, path)

    def _tag_error(self, event: Any, path: Path) -> ConfigError:
        tag = str(event.tag)
        shown = "!!" + tag.removeprefix(_TAG_PREFIX) if tag.startswith(_TAG_PREFIX) else tag
        return self._error(
            event,
            path,
            f"The YAML tag `{shown}` has no meaning in a sweep configuration.",
            "remove the tag; write numbers, text, lists and mappings only.",
        )

    def _place(self, path: Path, event: Any) -> None:
        self._document.positions[path] = (event.start_mark.line + 1, event.start_mark.column + 1)
        self._placed.append(path)

    def _forget(self, span: tuple[int, int]) -> None:
        """Drop what is known of a value that a later one with the same key replaces: what was placed meanwhile."""
        for path in self._placed[slice(*span)]:
            self._document.positions.pop(path, None)
            self._document.literals.pop(path, None)

    def _error(self, event: Any, path: Path, rule: str, fix: str) -> ConfigError:
        problem = Problem(path, rule, fix, line=event.start_mark.line + 1, column=event.start_mark.column + 1)
        return ConfigError([problem], source=self._source)


def _kind(event: Any) -> str:
    return type(event).__name__.removesuffix("Event")
