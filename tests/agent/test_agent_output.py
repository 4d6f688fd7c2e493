"""What the user of an agent reads."""

import io

import pytest

from besom.agent.output import Output, duration


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def output(stream: io.StringIO) -> Output:
    return Output(stream, {})


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_run_is_shown_with_its_parameters_one_per_line_and_its_command(output: Output, stream: io.StringIO) -> None:
    params = {"lr": 1e-05, "flag": True, "model": {"depth": 3}}
    output.run_starts("calm-sweep-1", "abc12345", params, ["python", "train.py", "--name=one two"])
    assert stream.getvalue().splitlines() == [
        "besom: Run calm-sweep-1 (abc12345) starts with",
        "besom:   flag: True",
        "besom:   lr: 1e-05",
        'besom:   model: {"depth": 3}',
        "besom:   $ python train.py '--name=one two'",
    ]


def test_a_reason_to_wait_is_said_once_per_change(output: Output, stream: io.StringIO) -> None:
    for reason in ("paused", "paused", "cap", "paused"):
        output.waiting(reason)
    assert [line.split()[-1] for line in stream.getvalue().splitlines()] == ["paused", "cap", "paused"]


def test_a_wait_after_a_run_is_said_again(output: Output, stream: io.StringIO) -> None:
    output.waiting("paused")
    output.run_starts("a", "b", {}, None)
    output.waiting("paused")
    assert stream.getvalue().count("Waiting") == 2


def test_a_server_that_is_away_is_said_once(output: Output, stream: io.StringIO) -> None:
    output.server_away("No answer.")
    output.server_away("No answer.")
    output.server_back()
    output.server_back()
    assert len(stream.getvalue().splitlines()) == 2


def test_colours_only_on_a_terminal(stream: io.StringIO) -> None:
    Output(stream, {}).problem("bad")
    assert "\033" not in stream.getvalue()
    terminal = Terminal()
    Output(terminal, {}).problem("bad")
    assert "\033[31m" in terminal.getvalue()


def test_no_colours_where_they_are_not_wanted() -> None:
    terminal = Terminal()
    Output(terminal, {"NO_COLOR": "1"}).problem("bad")
    assert "\033" not in terminal.getvalue()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.421, "0.42 s"), (12.4, "12 s"), (59.6, "1 min 0 s"), (185, "3 min 5 s"), (7800, "2 h 10 min")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text
