"""A thinned curve shows every peak."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from besom.server.store import downsampling

curves = st.lists(
    st.tuples(st.integers(-(2**53), 2**53) | st.integers(0, 60), st.floats(-5, 5) | st.just(math.nan)), min_size=1
)


@given(curves, st.integers(0, 40))
def test_few_points_that_are_points_of_the_curve(curve: list[tuple[int, float]], points: int) -> None:
    steps, values = downsampling.thin(np.array([s for s, _ in curve]), np.array([v for _, v in curve]), points)
    assert len(steps) <= max(points, downsampling.FEWEST)
    assert (np.diff(steps) >= 0).all()
    assert set(map(repr, zip(steps.tolist(), values.tolist(), strict=True))) <= set(map(repr, curve))


@given(curves, st.integers(0, 40))
def test_first_last_and_each_bucket_s_extremes_are_kept(curve: list[tuple[int, float]], points: int) -> None:
    curve = sorted(curve, key=lambda point: point[0])
    steps = np.array([step for step, _ in curve])
    kept_steps, kept_values = downsampling.thin(steps, np.array([value for _, value in curve]), points)
    kept = set(map(repr, zip(kept_steps.tolist(), kept_values.tolist(), strict=True)))
    assert repr(curve[0]) in kept
    assert repr(curve[-1]) in kept
    buckets = downsampling.bucket_of(steps, curve[0][0], curve[-1][0], downsampling.buckets_of(points))
    kept_buckets = downsampling.bucket_of(kept_steps, curve[0][0], curve[-1][0], downsampling.buckets_of(points))
    for bucket in set(buckets.tolist()):
        inside = [value for (_, value), of in zip(curve, buckets, strict=True) if of == bucket]
        shown = kept_values[kept_buckets == bucket]
        real = [value for value in inside if value == value]
        if real:
            assert np.nanmin(shown) == min(real)
            assert np.nanmax(shown) == max(real)
        else:
            assert len(shown)
