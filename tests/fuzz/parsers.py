"""Feeds the readers of foreign text and bytes with what libFuzzer makes of it, which sees the paths that are taken.

    python tests/fuzz/parsers.py yaml -max_total_time=60

Ends with a file that repeats it as soon as a reader raises anything but its own refusal, or takes longer than ten
seconds; ``python tests/fuzz/parsers.py yaml FILE`` repeats it.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable

import atheris

with atheris.instrument_imports(include=["besom"]):
    from besom.config import ConfigError, load_text
    from besom.config.command import expand_command
    from besom.config.expression_syntax import ExpressionError
    from besom.config.expressions import evaluate, names_in
    from besom.config.model import Expression
    from besom.importing.protobuf import Message
    from besom.server.services.file_paths import check_path
    from besom.server.services.refusals import Refusal
    from besom.server.services.report import read_report, unpack
    from besom.server.store import patterns
    from besom.server.store.errors import FilterError
    from besom.server.store.filters import compile_filter, compile_order
    from besom.server.wandb.operations import read_operation
    from besom.server.wandb.stream_lines import read_lines


def yaml(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    with contextlib.suppress(ConfigError):
        loaded = load_text(text)
        if loaded.config.program is not None:
            values = {"lr": 0.1, "text": "$x ${args} 'y'"}
            expand_command(loaded.config, None, values, interpreter="python", environ={}, json_file="p.json")


def formula(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    with contextlib.suppress(ExpressionError):
        names = names_in(text)
        evaluate(Expression(text, tuple((name,) for name in names)), {(name,): 3 for name in names})


def filters(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    with contextlib.suppress(FilterError):
        compile_order(text)
    with contextlib.suppress(FilterError, ValueError, RecursionError):  # the last two are JSON's
        compile_filter(json.loads(text))


def pattern(data: bytes) -> None:
    text, _, searched = data.decode("utf-8", "replace").partition("\n")
    with contextlib.suppress(FilterError):
        patterns.matches(patterns.check(text), searched)


def spool(data: bytes) -> None:
    for read in (read_report, lambda packed: read_report(unpack(packed))):
        with contextlib.suppress(Refusal):
            read(data)


def graphql(data: bytes) -> None:
    with contextlib.suppress(Refusal):
        read_operation(data.decode("utf-8", "replace"))


def wandb_post(data: bytes) -> None:
    with contextlib.suppress(Refusal):
        read_lines(data, 0.0)


def path(data: bytes) -> None:
    with contextlib.suppress(Refusal):
        found = check_path(data.decode("utf-8", "replace"))
        assert ".." not in found.split("/")
        assert not found.startswith("/")


def wandb_record(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        message = Message(data)
        for number in range(1, 20):
            message.texts(number)
            message.messages(number)


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (yaml, formula, filters, pattern, spool, graphql, wandb_post, path, wandb_record)
}


def main() -> None:
    target = TARGETS.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if target is None:
        sys.exit(f"Which reader? One of: {', '.join(TARGETS)}")
    atheris.Setup([sys.argv[0], "-timeout=10", "-rss_limit_mb=2048", *sys.argv[2:]], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
