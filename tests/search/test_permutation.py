import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from besom.search.permutation import Permutation


@given(st.integers(1, 600), st.integers(-(2**63), 2**64))
def test_every_number_comes_once_and_finds_its_place_again(size, seed):
    permutation = Permutation(size, seed)
    found = [permutation.forward(place) for place in range(size)]
    assert sorted(found) == list(range(size))
    assert [permutation.inverse(number) for number in found] == list(range(size))


@given(st.integers(1, 10**40), st.integers(0, 99), st.data())
def test_numbers_of_any_size_are_computed_one_by_one(size, seed, data):
    permutation = Permutation(size, seed)
    place = data.draw(st.integers(0, size - 1))
    number = permutation.forward(place)
    assert 0 <= number < size
    assert permutation.inverse(number) == place


def test_the_seed_decides_the_order():
    orders = {tuple(Permutation(50, seed).forward(place) for place in range(50)) for seed in range(20)}
    assert len(orders) == 20


@pytest.mark.parametrize("size", [2, 10, 37, 64, 1000])
def test_the_first_number_is_any_of_them(size):
    """Over many seeds each tenth of the numbers comes first about equally often."""
    seeds = 2000
    first = [Permutation(size, seed).forward(0) for seed in range(seeds)]
    parts = min(size, 10)
    counts = [sum(number * parts // size == part for number in first) for part in range(parts)]
    expected = [seeds * len([n for n in range(size) if n * parts // size == part]) / size for part in range(parts)]
    assert all(abs(found - wanted) < 6 * wanted**0.5 for found, wanted in zip(counts, expected, strict=True))


def test_neighbours_are_torn_apart():
    order = [Permutation(1000, 1).forward(place) for place in range(1000)]
    steps = [abs(a - b) for a, b in itertools.pairwise(order)]
    assert sum(steps) / len(steps) == pytest.approx(1000 / 3, rel=0.15)
