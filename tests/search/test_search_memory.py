"""What is kept between the suggestions of a sweep: less work, the same answers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from search_configs import config

from besom.config.model import Categorical, Metric, Uniform
from besom.search import Observation, Space, Trial, suggest
from besom.search.memory import Memory
from besom.search.observation import outcomes_of

SWEPT = config("random", x=Uniform(0.0, 1.0), c=Categorical(("a", None, [1])))
points = st.fixed_dictionaries(
    {}, optional={("x",): st.floats(0, 1) | st.none(), ("c",): st.sampled_from(["a", None, [1], "foreign"])}
)
runs = st.builds(
    Trial,
    points,
    st.sampled_from(["finished", "crashed", "killed", "running", "pending"]),
    best=st.none() | st.floats(-5, 5),
    id=st.none() | st.sampled_from("abcdef"),
)


@given(st.lists(st.lists(runs, max_size=6), max_size=5))
def test_whatever_was_asked_before_the_answers_are_the_same(questions):
    """Runs change their state and value, lose their id, share it with others: nothing stale ever comes back."""
    memory, metric = Memory(), Metric("loss")
    space = memory.space(SWEPT)
    for trials in questions:
        assert np.array_equal(memory.codes(space, trials), space.encode([t.values for t in trials]), equal_nan=True)
        assert memory.outcomes(metric, trials) == outcomes_of(metric, trials, reading="separate", blank=None)


def test_a_run_is_encoded_once(monkeypatch):
    encoded = []
    encode = Space.encode
    monkeypatch.setattr(Space, "encode", lambda space, values: encoded.extend(values) or encode(space, values))
    memory = Memory()
    space = memory.space(SWEPT)
    observations = [Observation({("x",): i / 10, ("c",): "a"}, 1.0, id=str(i)) for i in range(10)]
    for n in (4, 9, 10, 10):
        rebuilt = [replace(o, values=dict(o.values)) for o in observations[:n]]
        assert memory.codes(space, rebuilt)[:, 1].tolist() == [i / 10 for i in range(n)]
    assert len(encoded) == 10


def test_another_configuration_has_another_space():
    memory = Memory()
    first = memory.space(SWEPT)
    assert memory.space(SWEPT) is first
    other = config("random", z=Uniform(0.0, 1.0))
    assert list(memory.space(other).dimensions) == [("z",)]


@pytest.mark.parametrize("method", ["random", "grid"])
def test_a_memory_changes_no_suggestion(method):
    swept = config(method, a=Categorical((1, 2, 3)), b=Categorical(("x", "y")))
    memory, trials = Memory(), []
    for index in range(6):
        (remembered,) = suggest(swept, trials, index=index, warm=memory)
        assert (remembered,) == tuple(suggest(swept, trials, index=index))
        trials.append(Trial(remembered.values, "finished", 1.0, id=str(index)))
