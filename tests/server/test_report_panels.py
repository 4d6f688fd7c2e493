"""Which sweeps a report opens to its readers."""

from __future__ import annotations

import pytest

from besom.server.services.report_panels import MOST_SWEEPS, sweeps_named

MEGABYTE = 1 << 20


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("```curves\nsweep: a\nmetric: loss\n```\n\n~~~runs\n sweep :b\n~~~~", {"a", "b"}),
        ("```curves\r\nsweep: a\r\n```\r\n\r\n```runs\r\nsweep: b\r\n```\r\n", {"a", "b"}),
        ("   ```` parallel \nsweep: a\nsweep: b\n```\n````", {"b"}),
        ("```importance\nsweep: open", {"open"}),
        ("````\n```curves\nsweep: shown as text\n```\n````", set()),
        ("~~~\n```curves\nsweep: shown as text\n```\n~~~", set()),
        ("```python\nsweep: a\n```\nsweep: a\n    ```curves\nsweep: a", set()),
        ("```curves of\nsweep: a\n```\n```curves``` sweep: a\nsweep: a", set()),
        ("```curves\n```\n```runs\nmetric: loss\n```", set()),
    ],
)
def test_the_sweeps_of_a_report_are_those_of_the_blocks_that_the_page_draws(text: str, named: set[str]) -> None:
    assert sweeps_named(text) == named


def test_a_text_of_openings_that_nothing_closes_is_read_once_and_no_more_than_so_many_sweeps_are_opened() -> None:
    openings = "\n".join("`" * length + "curves" for length in range(1_500, 2, -1))
    assert len(openings) > MEGABYTE
    assert sweeps_named(openings) == set()
    assert sweeps_named("```curves\nsweep: " + " " * MEGABYTE + "a b\n" + "`" * MEGABYTE + "x\n```") == {"a b"}
    many = "".join(f"```runs\nsweep: {number}\n```\n" for number in range(2 * MOST_SWEEPS))
    assert sweeps_named(many) == {str(number) for number in range(MOST_SWEEPS)}
