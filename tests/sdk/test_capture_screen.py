"""What output looks like on a terminal."""

from __future__ import annotations

import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.progress import Progress
from tqdm import tqdm

from besom.sdk.capture.screen import HEIGHT, LONGEST, Screen


def shown(*texts: str) -> list[str]:
    screen = Screen()
    for text in texts:
        screen.write(text)
    lines = [screen.text(row) for row in range(screen.first, screen.first + len(screen.rows))]
    while lines and not lines[-1]:
        lines.pop()
    return lines


@pytest.mark.parametrize(
    ("printed", "lines"),
    [
        ("one\ntwo\n", ["one", "two"]),
        ("\n\nthree", ["", "", "three"]),
        ("10%\r20%\r100%\n", ["100%"]),
        ("long line\rshort", ["shortline"]),
        ("long line\r\x1b[Kshort", ["short"]),
        ("abc\b\bX", ["aXc"]),
        ("a\tb", ["a       b"]),
        ("first\nsecond\x1b[A\r1st", ["1stst", "second"]),
        ("a\nb\nc\x1b[2F-", ["-", "b", "c"]),
        ("a\nb\nc\x1b[2A\r\x1b[J", []),
        ("a\nb\nc\x1b[1A\x1b[2Kx", ["a", " x", "c"]),
        ("abcdef\x1b[3D\x1b[P", ["abcef"]),
        ("abc\x1b[1K|", ["   |"]),
        ("\x1b]never ended\x1b[Ktext", ["text"]),
        ("\x1b[31mred\x1b[0m \x1b[1;38;5;12mblue\x1b[m", ["red blue"]),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x07", ["link"]),
        ("\x1b]0;title\x07text", ["text"]),
        ("\x1b[?25lhidden cursor\x1b[?25h", ["hidden cursor"]),
        ("\x1b(Bplain\x1b7\x1b8", ["plain"]),
        ("bell\x07 null\x00 delete\x7f", ["bell null delete"]),
        ("über 漢字 🧹", ["über 漢字 🧹"]),
    ],
)
def test_control_characters_do_what_they_do_on_a_terminal(printed: str, lines: list[str]) -> None:
    assert shown(printed) == lines


def test_nested_tqdm_bars_leave_the_lines_that_a_terminal_shows() -> None:
    stream = io.StringIO()
    for _ in tqdm(range(3), desc="outer", file=stream, ascii=True, ncols=60, mininterval=0):
        for _ in tqdm(range(4), desc="inner", file=stream, ascii=True, ncols=60, mininterval=0, leave=False):
            pass
    lines = shown(stream.getvalue())
    assert [line[:12] for line in lines] == ["outer: 100%|"]


def test_rich_progress_ends_as_one_line_per_bar() -> None:
    stream = io.StringIO()
    with Progress(console=Console(file=stream, force_terminal=True, width=80), refresh_per_second=50) as progress:
        tasks = [progress.add_task(name, total=2) for name in ("train", "check")]
        for _ in range(2):
            for task in tasks:
                progress.advance(task)
            progress.refresh()
            time.sleep(0.01)
    assert [line.split()[0] for line in shown(stream.getvalue())] == ["train", "check"]


@given(st.lists(st.sampled_from("abé🧹\n\r\b\t\x1b[;0123456789AKJmGP]\x07\\ "), max_size=60), st.data())
def test_where_the_program_cut_its_output_makes_no_difference(characters: list[str], data: st.DataObject) -> None:
    text = "".join(characters)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert shown(*pieces) == shown(text)


@given(st.text(max_size=300))
def test_no_text_at_all_breaks_it(text: str) -> None:
    screen = Screen()
    screen.write(text)
    assert all(0 <= row < screen.first + len(screen.rows) for row in screen.changed)


@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20), max_size=30))
def test_plain_lines_come_out_as_they_went_in(lines: list[str]) -> None:
    assert shown("".join(f"{line}\n" for line in lines)) == shown("\n".join(lines))
    kept = [line.rstrip() for line in lines]
    while kept and not kept[-1]:
        kept.pop()
    assert shown("\n".join(lines)) == kept


def test_a_line_without_end_is_cut() -> None:
    assert shown("x" * (LONGEST + 100)) == ["x" * LONGEST]


def test_rows_that_the_cursor_cannot_reach_are_given_up() -> None:
    screen = Screen()
    screen.write("".join(f"{row}\n" for row in range(1000)))
    screen.changed.clear()
    screen.retire()
    assert len(screen.rows) == HEIGHT
    screen.write("\x1b[5000Atop")
    assert screen.changed == {screen.first}


def test_a_sequence_that_never_ends_is_dropped() -> None:
    screen = Screen()
    screen.write("\x1b]" + "x" * 5000)
    screen.write("\nafter")
    assert screen.text(1) == "after"
