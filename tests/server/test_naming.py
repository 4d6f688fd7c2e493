"""Names that can stand in an address, and names that the server makes."""

from __future__ import annotations

import random
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from besom.server.services.naming import check_name, new_id, run_name, safe_name, sweep_run_name
from besom.server.services.refusals import Invalid


@pytest.mark.parametrize(
    "bad", ["a/b", "a ", "", "x" * 129, "50%", "a:b", "a#b", "who?", "back\\slash", "new\nline", ".."]
)
def test_what_cannot_stand_in_an_address_is_refused(bad: str) -> None:
    with pytest.raises(Invalid):
        check_name("run", bad)


@pytest.mark.parametrize("good", ["r", "x" * 128, "a b", "ünïcode", "a.b", "...x", "run-1_2", "runs"])
def test_everything_else_is_allowed(good: str) -> None:
    assert check_name("run", good) == good


@given(st.text())
def test_an_allowed_name_is_one_segment_of_an_address(name: str) -> None:
    try:
        check_name("run", name)
    except Invalid:
        return
    segment = quote(name, safe="")
    assert "/" not in segment
    assert segment not in {"", ".", ".."}
    assert unquote(segment) == name


@given(st.text())
def test_a_user_name_made_of_any_text_is_allowed(text: str) -> None:
    name = safe_name(text)
    assert check_name("entity", name) == name


@given(st.integers())
def test_made_names_are_allowed_and_end_in_their_number(seed: int) -> None:
    rng = random.Random(seed)
    assert check_name("run", new_id(rng)).isalnum()
    assert sweep_run_name(rng, 7).endswith("-sweep-7")
    first, second, number = run_name(rng, 7).split("-")
    assert first != second
    assert number == "7"
