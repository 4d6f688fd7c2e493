import itertools

from hypothesis import given
from hypothesis import strategies as st

from besom.client.history import sample


@given(st.integers(0, 500), st.integers(0, 60))
def test_a_sample_is_small_ordered_and_keeps_both_ends(count, samples):
    rows = [{"_step": step} for step in range(count)]
    taken = [row["_step"] for row in sample(rows, samples)]
    assert len(taken) == min(count, samples)
    assert taken == sorted(set(taken))
    if len(taken) > 1:
        assert (taken[0], taken[-1]) == (0, count - 1)


@given(st.integers(100, 500), st.integers(2, 60))
def test_a_sample_is_evenly_spread(count, samples):
    steps = [row["_step"] for row in sample(({"_step": step} for step in range(count)), samples)]
    gaps = [late - early for early, late in itertools.pairwise(steps)]
    assert max(gaps) - min(gaps) <= 1
