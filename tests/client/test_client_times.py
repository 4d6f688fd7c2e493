import pytest

from besom.client.times import duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-0.1, "0.00 s"),
        (0.421, "0.42 s"),
        (12.4, "12 s"),
        (59.6, "1 min"),
        (185, "3 min 5 s"),
        (7800, "2 h 10 min"),
        (90000, "1 d 1 h"),
    ],
)
def test_a_duration_is_told_in_the_two_largest_units(seconds, text):
    assert duration(seconds) == text
