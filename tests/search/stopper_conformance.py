"""What every rule of early stopping must do. Subclass ``StopperConformance`` and give it the rule."""

import itertools
import json
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from besom.search.stopping import Race, Stopper, make_stopper, stop

VALUES = st.integers(-8, 8).map(float) | st.floats(-1e300, 1e300)
CURVES = st.lists(st.lists(VALUES, min_size=1, max_size=40), min_size=1, max_size=10)
NO_NUMBERS = [math.nan, math.inf, -math.inf, "NaN", None, True, 10**400]


def holds(*strategies):
    """``given`` for a test that several classes inherit."""
    shared = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    return lambda test: shared(given(*strategies)(test))


def race(stopper, curves, turns=None):
    """Logs all curves, by default one after the other; a stopped run logs nothing more. Returns the decisions."""
    runs, values = Race(stopper), [iter(curve) for curve in curves]
    decisions = {}
    for run in turns or [run for run, curve in enumerate(curves) for _ in curve]:
        value = next(values[run], None)
        if value is not None and run not in decisions and (decision := runs.log(run, value)):
            decisions[run] = decision
    return decisions


def what(decisions):
    """Decisions without their words."""
    return {run: decision.as_record() for run, decision in decisions.items()}


class StopperConformance:
    """Inherit and define ``rule``."""

    @property
    def rule(self):
        raise AssertionError("a conformance class gives its rule")

    def stopper(self, goal="minimize") -> Stopper:
        return make_stopper(self.rule, goal)

    def test_rungs_ascend_and_are_few_even_for_a_million_values(self):
        rungs = list(self.stopper().rungs(10**6))
        assert rungs == sorted(set(rungs))
        assert rungs[0] >= 1
        assert rungs[-1] <= 10**6
        assert len(rungs) <= 150
        assert [len(self.stopper().rungs(rung)) for rung in rungs] == list(range(1, len(rungs) + 1))
        assert list(self.stopper().rungs(rungs[0] - 1)) == []

    @holds(st.lists(VALUES, max_size=60))
    def test_a_lone_run_is_never_stopped(self, curve):
        assert race(self.stopper(), [curve]) == {}

    @holds(st.lists(VALUES, min_size=1, max_size=40), st.integers(2, 9))
    def test_ties_survive(self, curve, count):
        assert race(self.stopper(), [curve] * count) == {}
        assert stop(self.stopper(), dict.fromkeys(range(count), ("running", curve))) == {}

    @holds(CURVES, st.randoms(use_true_random=False))
    def test_a_run_that_is_best_all_the_way_is_never_stopped(self, curves, random):
        best = [min(values) for values in itertools.zip_longest(*curves, fillvalue=math.inf)]
        curves = [*curves, best]
        turns = [run for run, curve in enumerate(curves) for _ in curve]
        random.shuffle(turns)
        assert len(curves) - 1 not in race(self.stopper(), curves, turns)

    @holds(CURVES, st.randoms(use_true_random=False))
    def test_maximizing_is_minimizing_the_negated(self, curves, random):
        turns = [run for run, curve in enumerate(curves) for _ in curve]
        random.shuffle(turns)
        least = race(self.stopper("minimize"), curves, turns)
        most = race(self.stopper("maximize"), [[-value for value in curve] for curve in curves], turns)
        negated = {"value": -1, "threshold": -1}
        assert what(most) == {
            run: {key: value * negated.get(key, 1) if key != "rule" else value for key, value in record.items()}
            for run, record in what(least).items()
        }

    @holds(CURVES, st.sampled_from(NO_NUMBERS), st.integers(0, 12))
    def test_what_is_no_number_neither_counts_nor_shifts_anything(self, curves, odd, where):
        plain = {run: ("running", curve) for run, curve in enumerate(curves)}
        spoilt = {run: ("running", [*curve[:where], odd, *curve[where:]]) for run, curve in enumerate(curves)}
        assert stop(self.stopper(), plain) == stop(self.stopper(), spoilt)

    def test_a_run_without_a_number_is_left_alone(self):
        runs = {"a": ("running", []), "b": ("running", NO_NUMBERS), "c": ("running", [1.0] * 99)}
        assert stop(self.stopper(), runs) == {}

    @holds(CURVES, st.lists(VALUES, min_size=1, max_size=40), st.randoms(use_true_random=False))
    def test_the_order_in_which_others_came_does_not_matter(self, others, curve, random):
        shuffled = random.sample(others, len(others))
        decided = []
        for crowd in (others, shuffled):
            runs = Race(self.stopper())
            for run, values in enumerate(crowd):
                for value in values:
                    runs.log(run, value)
            decided.append([runs.log("late", value) for value in curve])
        assert decided[0] == decided[1]

    @holds(CURVES)
    def test_only_running_runs_are_stopped_and_all_count(self, curves):
        running = {run: ("running", curve) for run, curve in enumerate(curves)}
        decisions = stop(self.stopper(), running)
        for state in ("finished", "failed", "crashed", "killed", "preempted"):
            ended = {run: (state if run % 2 else "running", curve) for run, curve in enumerate(curves)}
            assert stop(self.stopper(), ended) == {run: s for run, s in decisions.items() if run % 2 == 0}

    @holds(CURVES)
    def test_deciding_value_by_value_and_from_whole_curves_is_the_same(self, curves):
        """The newest value of a run is judged among all that was logged before it."""
        runs = Race(self.stopper())
        so_far = {}
        for run, curve in enumerate(curves):
            so_far[run] = ("running", [])
            for value in curve:
                so_far[run][1].append(value)
                decision = runs.log(run, value)
                if self.stopper().again or len(so_far[run][1]) in self.stopper().rungs(99):
                    assert decision == stop(self.stopper(), so_far).get(run)
                else:
                    assert decision is None

    @holds(CURVES)
    def test_a_decision_explains_itself(self, curves):
        stopper = self.stopper()
        for run, decision in stop(stopper, {run: ("running", curve) for run, curve in enumerate(curves)}).items():
            there = sorted(curve[decision.rung - 1] for curve in curves if len(curve) >= decision.rung)
            assert decision.rung == stopper.rungs(len(curves[run]))[-1]
            assert (decision.of, decision.threshold) == (len(there), there[decision.rank - 1])
            assert decision.value > decision.threshold
            assert decision.reason.startswith("stopped at its ")
            record = json.loads(json.dumps(decision.as_record(), allow_nan=False))
            assert record.keys() == {"rule", "rung", "value", "threshold", "rank", "of"}
            assert record["rule"] == stopper.name

    @holds(CURVES, st.integers(-20, 20))
    def test_the_unit_of_the_metric_does_not_matter(self, curves, power):
        exact = [[float(round(value % 1000)) for value in curve] for curve in curves]
        scaled = [[value * 2.0**power for value in curve] for curve in exact]
        assert race(self.stopper(), exact).keys() == race(self.stopper(), scaled).keys()

    def test_bad_runs_are_stopped(self):
        """Among many runs that differ from their first value to their last most are stopped, and never the best."""
        curves = [[run + 10 / epoch for epoch in range(1, 41)] for run in range(30)]
        decisions = race(self.stopper(), curves, [run for _ in range(40) for run in range(30)])
        assert len(decisions) >= 15
        assert 0 not in decisions

    @pytest.mark.parametrize("huge", [1e308, -1e308])
    def test_the_largest_numbers_are_borne(self, huge):
        race(self.stopper(), [[huge, -huge] * 20, [-huge] * 40, [huge] * 40, [0.0] * 40] * 3)
