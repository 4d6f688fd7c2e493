import json

from hypothesis import given
from strategies import json_values

from besom.search import canonical_json, nest, point_hash, unnest
from besom.search.point import identity


def test_nests_by_path_and_leaves_dots_alone():
    values = {("optimizer", "schedule", "warmup"): 100, ("optimizer", "lr"): 0.05, ("model.lr",): 1}
    nested = nest(values)
    assert nested == {"optimizer": {"schedule": {"warmup": 100}, "lr": 0.05}, "model.lr": 1}
    assert unnest(nested, values) == values


def test_unnesting_leaves_out_what_is_not_there():
    paths = [("a", "b"), ("a", "c", "d"), ("e",)]
    assert unnest({"a": {"b": None, "c": 3}}, paths) == {("a", "b"): None}


def test_canonical_json_is_one_text_per_point():
    values = {("b",): 3000000.0, ("a", "z"): {"y": [1.0, 0.5], "x": True}, ("c",): "é"}
    assert canonical_json(values) == '{"a":{"z":{"x":true,"y":[1,0.5]}},"b":3000000,"c":"é"}'
    assert canonical_json(dict(reversed(values.items()))) == canonical_json(values)


def test_the_hash_tells_apart_what_a_program_would():
    one, *others = [point_hash({("a",): v}) for v in (1, True, "1", [1], None, {"a": 1}, 1.5)]
    assert one == point_hash({("a",): 1.0})
    assert len({one, *others}) == 7


def test_the_hash_is_stable_for_ever():
    """Databases hold it."""
    assert point_hash({("lr",): 0.1}) == "9c9ba942d8bb6213cd855c3e8ddfeb6640a23616f11f4da3d8e77555902a6107"


@given(json_values, json_values)
def test_identity_and_hash_agree(a, b):
    assert (identity(a) == identity(b)) == (point_hash({("p",): a}) == point_hash({("p",): b}))


@given(json_values)
def test_canonical_json_is_json(value):
    assert json.loads(canonical_json({("p",): value})) == {"p": value}
