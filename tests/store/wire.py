"""Hypothesis strategies for what runs log: values as JSON carries them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from besom.protocol import HistoryRecord

floats = st.floats(allow_nan=False, allow_infinity=False)
integers = st.integers(-(2**63), 2**64 - 1) | st.integers(-(10**300), 10**300)
non_finite = st.sampled_from(["NaN", "Infinity", "-Infinity"])
# A file can hold any text, but UTF-8 has no lone surrogates.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
scalars = st.one_of(floats, integers, non_finite, texts, st.booleans(), st.none())
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=5
)
keys = st.one_of(st.sampled_from(["loss", "acc", "epoch", "val.loss"]), texts, st.just("long " * 200))
columns = st.one_of(
    st.lists(floats), st.lists(integers), st.lists(floats | non_finite), st.lists(floats | integers), st.lists(values)
)
times = st.floats(0, 4e9)


@st.composite
def histories(draw: st.DrawFn, max_size: int = 25) -> list[HistoryRecord]:
    """Rows of one run: steps ascend, keys come and go."""
    steps = sorted(draw(st.lists(st.integers(-(2**53), 2**53) | st.integers(0, 50), max_size=max_size)))
    rows = st.dictionaries(keys, values, max_size=4)
    return [HistoryRecord(step=step, time=draw(times), data=draw(rows)) for step in steps]


def as_rows(records: list[HistoryRecord]) -> list[dict[str, Any]]:
    return [{"_step": record.step, "_timestamp": record.time, **record.data} for record in records]
