"""Filters and orders: both databases agree with a plain reading of the language, and mistakes are explained."""

from __future__ import annotations

import re
from typing import Any

import pytest
import reference_filter
import rows_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, select

from besom.server.store import FilterError, Store, patterns, run_list
from besom.server.store.filters import DEEPEST, LONGEST_LIST, MOST_CONDITIONS, compile_filter, compile_order
from besom.server.store.tables import runs

words = st.sampled_from(["", "a", "ab", "B", "é", "Z", "10", "2", "NaN", "Infinity", "-Infinity", "sgd"])
numbers = st.sampled_from([-1, 0, 1, 2, 10, 2.0, 0.5, -0.5, 1e16, 2**53 + 1, 2**63])
scalars = st.one_of(words, numbers, st.booleans())
leaves = st.one_of(scalars, st.none(), st.just([1]))
trees = st.dictionaries(
    st.sampled_from(["x", "x.y", "value", "0"]),
    leaves | st.dictionaries(st.sampled_from(["y", "value", "0"]), leaves, max_size=2),
    max_size=3,
)
a_run = st.fixed_dictionaries(
    {
        "config": trees,
        "summary": trees,
        "params": st.none() | trees,
        "state": st.sampled_from(["running", "finished"]),
        "name": words,
        "run_group": st.none() | words,
        "created": st.sampled_from([0.0, 1.5, 1e9]),
        "steps": st.integers(0, 3),
        "tags": st.lists(words, max_size=2),
    }
)
json_names = st.builds(
    "{}.{}".format,
    st.sampled_from(["config", "summary", "summary_metrics", "params"]),
    st.sampled_from(["x", "x.y", "x.value", "x.y.value", "x.value.y", "0", "x.0", "value"]),
)
regexes = st.sampled_from(["a", "^a", "b$", "^[A-Z]", r"\d", "a|é", "", ".", "^$", "(a|B)?b", "s.d"])


def operations(operands: Any, listed: Any) -> st.SearchStrategy[Any]:
    plain = st.one_of(
        st.builds(lambda name, value: {name: value}, st.sampled_from(["$gt", "$gte", "$lt", "$lte"]), operands),
        st.builds(lambda name, value: {name: value}, st.sampled_from(["$eq", "$ne"]), operands | st.none()),
        st.builds(lambda name, value: {name: value}, st.sampled_from(["$in", "$nin"]), st.lists(listed, max_size=3)),
        st.builds(lambda value: {"$exists": value}, st.booleans()),
    )
    return st.one_of(operands, st.none(), plain, plain.map(lambda inner: {"$not": inner}))


texts = operations(words, words | st.none())
conditions = st.one_of(
    st.builds(lambda name, value: {name: value}, json_names, operations(scalars, scalars | st.none())),
    st.builds(lambda name, value: {name: {"$regex": value}}, json_names | st.just("name"), regexes),
    st.builds(lambda name, value: {name: value}, st.sampled_from(["state", "name", "group"]), texts),
    st.builds(
        lambda name, value: {name: value}, st.sampled_from(["created_at", "steps"]), operations(numbers, numbers)
    ),
    st.builds(lambda value: {"tags": value}, words),
    st.builds(lambda name, tags: {"tags": {name: tags}}, st.sampled_from(["$in", "$nin"]), st.lists(words, max_size=2)),
    st.builds(lambda name, tag: {"tags": {name: tag}}, st.sampled_from(["$eq", "$ne"]), words),
    st.builds(lambda wanted: {"tags": {"$exists": wanted}}, st.booleans()),
)
filters = st.recursive(
    conditions,
    lambda inner: st.one_of(
        st.builds(
            lambda name, parts: {name: parts},
            st.sampled_from(["$and", "$or", "$nor"]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        st.builds(lambda part: {"$not": part}, inner),
    ),
    max_leaves=4,
)
on_both = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def stored(store: Store, given_runs: list[dict[str, Any]]) -> list[int]:
    def work(conn: Connection) -> list[int]:
        conn.execute(delete(runs))
        project = rows_of.project(conn)
        return [rows_of.run(conn, project, **run) for run in given_runs]

    return store.write_sync(work)


def found(store: Store, given_filter: Any, order: str = "created_at") -> list[int]:
    query = select(runs.c.key).where(compile_filter(given_filter)).order_by(*compile_order(order))
    return store.read_sync(lambda conn: list(conn.scalars(query)))


@on_both
@given(st.lists(a_run, max_size=8), st.lists(filters, min_size=1, max_size=6))
def test_a_filter_finds_what_a_plain_reading_finds(
    store: Store, given_runs: list[dict[str, Any]], given_filters: list[dict[str, Any]]
) -> None:
    keys = stored(store, given_runs)
    for one in given_filters:
        expected = {key for key, run in zip(keys, given_runs, strict=True) if reference_filter.matches(run, one)}
        assert set(found(store, one)) == expected, one


@on_both
@given(
    st.lists(a_run, max_size=8),
    st.lists(
        st.tuples(json_names | st.sampled_from(["state", "name", "group", "steps", "created_at"]), st.booleans()),
        min_size=1,
        max_size=3,
    ),
)
def test_an_order_is_the_same_everywhere_with_what_is_missing_last(
    store: Store, given_runs: list[dict[str, Any]], terms: list[tuple[str, bool]]
) -> None:
    keys = stored(store, given_runs)
    numbered = list(zip(keys, given_runs, strict=True))
    if terms[-1][1]:
        numbered.reverse()
    for name, descending in reversed(terms):
        numbered.sort(key=lambda pair: reference_filter.sort_key(pair[1], name, descending))
    order = ",".join(("-" if descending else "+") + name for name, descending in terms)
    assert found(store, {}, order) == [key for key, _ in numbered]


def test_the_newest_and_the_best_runs_of_a_project_or_sweep_are_found_without_a_look_at_all_of_them(
    store: Store,
) -> None:
    def fill(conn: Connection) -> int:
        project = rows_of.project(conn)
        rows_of.run(conn, project, sweep_id=rows_of.sweep(conn, project, "s"), metric_value=0.5)
        return project

    def plan(conn: Connection, order: str, sweep: str | None) -> str:
        if conn.dialect.name == "postgresql":
            # Or it reads and sorts a small table as a whole.
            conn.exec_driver_sql("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        place = run_list.Place(0, run_list.newest(conn))
        query = run_list.keys_of_page(conn, run_list.living(project, sweep), compile_order(order), place, 1)
        text = query.compile(conn, compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN" if conn.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        return "; ".join(str(row[-1]) for row in conn.exec_driver_sql(f"{explain} {text}"))

    project = store.write_sync(fill)
    for owner, sweep in (("project_id", None), ("sweep_id", "s")):
        for column, orders in (("created", ("-created_at", "+created_at")), ("metric_value", ("-best", "+best"))):
            for order in orders:
                steps = store.read_sync(lambda conn, order=order, sweep=sweep: plan(conn, order, sweep))
                assert f"ix_runs_{owner}_{column}" in steps
                assert "Sort" not in steps
                assert "B-TREE" not in steps


def test_the_best_runs_come_page_by_page_and_last_those_that_have_no_number(store: Store) -> None:
    keys = stored(store, [{"metric_value": value} for value in (None, 2.0, 1.0, None, 2.0, -3.0)])
    for order, places in (("-best", (4, 1, 2, 5, 3, 0)), ("+best", (5, 2, 1, 4, 0, 3))):
        for size in range(1, 8):
            for offset in range(7):

                def page(conn: Connection, order=order, offset=offset, size=size) -> list[int]:
                    place = run_list.Place(offset, run_list.newest(conn))
                    query = run_list.keys_of_page(conn, runs.c.deleted.is_(None), compile_order(order), place, size)
                    return list(conn.scalars(query))

                assert store.read_sync(page) == [keys[number] for number in places[offset : offset + size]]


def test_a_metric_that_is_kept_as_aggregates_counts_with_them(store: Store) -> None:
    values = [{"min": 0.25, "max": 8}, 0.5, {"max": 0.75}, {"note": 0.1}, {"best": 0.125, "min": 0}, "word"]
    keys = stored(
        store, [{"summary": {"loss": value, "x": {"loss": value}}, "config": {"loss": value}} for value in values]
    )
    best, least, plain, most, *without = (keys[place] for place in (4, 0, 1, 2, 5, 3))
    for name in ("summary.loss", "summary_metrics.x.loss"):
        assert found(store, {}, f"+{name}") == [best, least, plain, most, *without]
        assert found(store, {}, f"-{name}") == [most, plain, least, best, *without]
        assert found(store, {name: {"$lte": 0.25}}) == [least, best]
    assert found(store, {"config.loss": {"$lte": 0.25}}) == []


def test_nan_is_as_good_as_missing_in_an_order(store: Store) -> None:
    keys = stored(store, [{"summary": {"x": value}} for value in ("NaN", None, "Infinity", 0.5, "NaN", "-Infinity")])
    assert [keys.index(key) for key in found(store, {}, "summary.x")] == [5, 3, 2, 0, 1, 4]
    assert [keys.index(key) for key in found(store, {}, "-summary.x")] == [2, 3, 5, 4, 1, 0]


def test_an_empty_filter_finds_every_run(store: Store) -> None:
    keys = stored(store, [{}, {}])
    assert found(store, {}) == found(store, None) == keys


def test_names_and_times_as_wandb_writes_them(store: Store) -> None:
    (key,) = stored(
        store, [{"config": {"lr": 0.1}, "summary": {"acc": 0.9}, "created": 1.7e9, "name": "oak", "job_type": "eval"}]
    )
    for one in (
        {"config.lr.value": {"$lte": 0.1}, "summary_metrics.acc": 0.9, "summaryMetrics.acc": 0.9},
        {"createdAt": {"$gt": "2023-11-14T22:13:19Z", "$lte": "2023-11-14T22:13:20"}},
        {"created_at": {"$gt": "2023-11-14T23:13:19+01:00"}, "displayName": "oak", "jobType": "eval"},
    ):
        assert found(store, one) == [key], one
    assert found(store, {"created_at": {"$lt": "2023-11-14"}}) == []


def test_user_text_is_data_and_never_sql(store: Store) -> None:
    evil = "'; DROP TABLE runs; --"
    (key,) = stored(store, [{"name": evil, "config": {evil: evil}, "tags": [evil]}])
    assert found(store, {"name": evil, f"config.{evil}": evil, "tags": evil}, f"-config.{evil}") == [key]


def test_a_long_list_is_no_trouble(store: Store) -> None:
    (key, _) = stored(store, [{"config": {"x": 5}}, {"config": {"x": -5}}])
    assert found(store, {"config.x": {"$in": list(range(LONGEST_LIST))}}) == [key]


def test_the_largest_filter_is_no_trouble(store: Store) -> None:
    (key,) = stored(store, [{"config": {"x": 5}}])
    deep: dict[str, Any] = {"config.x": 5}
    for _ in range(DEEPEST):
        deep = {"$and": [deep]}
    wide = {"$or": [{"config.x": number} for number in range((MOST_CONDITIONS - 1) // 3)]}
    assert found(store, deep) == found(store, wide) == [key]


@pytest.mark.parametrize(
    ("given_filter", "message"),
    [
        ([], "A filter is a JSON object"),
        ("state = 1", "A filter is a JSON object"),
        ({"stat": "x"}, r"no field 'stat'.*\n.*Did you mean 'state'\?"),
        ({"config": 1}, r"'config' needs a key: config\.KEY"),
        ({"config.": 1}, "'config.' needs a key"),
        ({"$xor": []}, r"'\$xor' is no combination.*\n.*\$and, \$or, \$nor, \$not"),
        ({"$or": {}}, r"\$or takes a list"),
        ({"$or": []}, r"\$or takes a list"),
        ({"config.x": {"$near": 1}}, r"config\.x: there is no operator '\$near'.*\n.*\$regex"),
        ({"config.x": {}}, "condition on config.x is empty"),
        ({"config.x": [1]}, r"config\.x can be compared with a number, a string or a boolean, not \[1\]"),
        ({"config.x": {"$in": 3}}, r"\$in on config\.x takes a list, not 3"),
        ({"config.x": {"$in": [0] * (LONGEST_LIST + 1)}}, "1001 values, and 1000 is the most"),
        ({"config.x": {"$exists": 1}}, r"\$exists on config\.x takes true or false"),
        ({"config.x": {"$not": 1}}, r"\$not on config\.x takes an object"),
        ({"config.x": {"$gt": None}}, r"config\.x can be compared with"),
        ({"state": 5}, "state is text, and 5 is not"),
        ({"steps": "many"}, "steps is a number, and 'many' is not"),
        ({"created_at": "yesterday"}, r"created_at is a time, and 'yesterday' is not.*\n.*2030-12-31"),
        ({"steps": {"$regex": "1"}}, "steps, which is no text"),
        ({"tags": {"$gt": "a"}}, r"\$gt 'a' cannot be used on tags"),
        ({"tags": 3}, "cannot be used on tags"),
        ({'config.a"b': 1}, "keys with quotes"),
        ({"config." + "x" * 400: 1}, "longer than 300"),
        ({"name": "a\0"}, "no database can search"),
        ({"config.x": float("nan")}, "cannot be compared with nan"),
        ({"config.x": {"$in": [10**400]}}, "cannot be compared with 1000"),
        ({"$or": [{"config.x": number} for number in range(MOST_CONDITIONS)]}, "more than 200 parts"),
    ],
)
def test_a_filter_that_makes_no_sense_is_explained(given_filter: Any, message: str) -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter(given_filter)
    assert re.search(message, str(caught.value))


def test_a_filter_nested_too_deep_is_refused() -> None:
    deep: dict[str, Any] = {"config.x": 5}
    for _ in range(1000):
        deep = {"$not": deep}
    with pytest.raises(FilterError, match="nested more than 10 deep"):
        compile_filter(deep)


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ("", "empty key"),
        ("+state,", "empty key"),
        ("-colour", "no field 'colour'"),
        ("tags", "by tags"),
        (",".join(["+config.a"] * 2000), "2000 keys, and 20"),
    ],
)
def test_an_order_that_makes_no_sense_is_explained(order: str, message: str) -> None:
    with pytest.raises(FilterError, match=message):
        compile_order(order)


tokens = st.sampled_from([*"ab.^$|()[]-\\{}*+?1,", r"\d", r"\w", "[ab]", "[^a-c]", "{2}", "{1,2}", "(ab)", "é", r"\."])


@on_both
@given(
    st.lists(st.lists(tokens, max_size=7).map("".join), min_size=1, max_size=8),
    st.lists(st.text("abcé1.-\n$", max_size=6)),
)
def test_a_pattern_is_refused_or_means_the_same_to_both_databases(
    store: Store, drawn: list[str], names: list[str]
) -> None:
    keys = stored(store, [{"name": name} for name in names])
    for pattern in drawn:
        try:
            patterns.check(pattern)
        except FilterError:
            continue
        expected = {key for key, name in zip(keys, names, strict=True) if patterns.matches(pattern, name)}
        assert set(found(store, {"name": {"$regex": pattern}})) == expected, pattern


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+",
        "(a|aa)*b",
        "((a?)b)*",
        "(?=a)",
        r"(a)\1",
        "a**",
        "*a",
        "[a",
        "(a",
        "a)",
        "a{,3}",
        ".*.*.*.*x",
        "x" * 201,
        "(abcde){99}.{9}",
        "[[:alpha:]]",
        r"\bword",
    ],
)
def test_a_pattern_that_is_dangerous_or_ambiguous_is_refused_by_name(pattern: str) -> None:
    with pytest.raises(FilterError, match=re.escape(f"$regex {pattern[:200]!r}"[:100])):
        patterns.check(pattern)


@given(st.lists(tokens, max_size=7).map("".join), st.lists(st.text("abcé1.-$", max_size=6), max_size=8))
def test_a_pattern_means_what_it_means_to_python(pattern: str, names: list[str]) -> None:
    try:
        patterns.check(pattern)
    except FilterError:
        return
    for name in names:
        found_by_python = re.search(pattern, name, re.ASCII | re.DOTALL) is not None
        assert patterns.matches(pattern, name) == found_by_python, name


def test_patterns_that_fit_in_a_million_ways_are_answered_at_once(store: Store) -> None:
    shorter, longer = stored(store, [{"name": "a" * 49}, {"name": "a" * 500}])
    for pattern in ("a*a*a*b", r"\w*\w*\w*\d", ".*a.{99}.*a.{99}.*b"):
        assert found(store, {"name": {"$regex": pattern}}) == []
    assert found(store, {"name": {"$regex": "a?" * 50 + "a" * 50}}) == [longer]
    assert found(store, {"name": {"$regex": "a?" * 49 + "a" * 49}}) == [shorter, longer]


@pytest.mark.parametrize(
    "pattern", ["^resnet.*50$", r"lr=\d+\.\d+", "(foo|bar)?-[a-z]+", "(ab)+", "a{2,3}", "", "[^0-9_]", "é"]
)
def test_a_usual_pattern_is_taken(pattern: str) -> None:
    assert patterns.check(pattern) == pattern
