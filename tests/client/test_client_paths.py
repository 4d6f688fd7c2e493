import pytest
from hypothesis import given
from hypothesis import strategies as st

from besom.client.paths import ItemPath, page_noun, parse_item, parse_project
from besom.errors import UsageError

names = st.text(st.characters(blacklist_characters="/", blacklist_categories=("Cs", "Zs", "Cc")), min_size=1)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a1b2c3d4", ItemPath("a1b2c3d4")),
        ("mnist/a1b2c3d4", ItemPath("a1b2c3d4", "mnist")),
        ("me/mnist/a1b2c3d4", ItemPath("a1b2c3d4", "mnist", "me")),
        ("me/mnist/sweeps/a1b2c3d4", ItemPath("a1b2c3d4", "mnist", "me")),
        ("/me/mnist/a1b2c3d4/", ItemPath("a1b2c3d4", "mnist", "me")),
        ("http://127.0.0.1:7878/me/my%20project/sweeps/a1b2c3d4?tab=runs", ItemPath("a1b2c3d4", "my project", "me")),
    ],
)
def test_a_sweep_is_named_by_id_path_or_address(text, path):
    assert parse_item(text, "sweep") == path


@pytest.mark.parametrize("text", ["", "/", "a//b", "a/b/c/d", "a/b/runs/c", "a/b/sweeps/c/d", "http://[x/y", None, 7])
def test_another_shape_is_refused_with_the_expected_ones(text):
    with pytest.raises(UsageError, match="entity/project/id"):
        parse_item(text, "sweep")


@given(names, st.none() | names, names)
def test_a_path_that_was_printed_is_read_back(identity, entity, project):
    path = ItemPath(identity, project, entity)
    if "://" not in str(path):
        assert parse_item(str(path), "run") == path


def test_parts_of_the_path_win_over_defaults():
    assert parse_item("mnist/x", "sweep").filled("other", "me") == ItemPath("x", "mnist", "me")


def test_a_project_is_named_alone_or_with_its_entity():
    assert parse_project("mnist") == (None, "mnist")
    assert parse_project("me/mnist") == ("me", "mnist")
    with pytest.raises(UsageError):
        parse_project("me/mnist/x")


def test_an_address_says_what_kind_of_page_it_is():
    assert page_noun("me/mnist/sweeps/x") == "sweep"
    assert page_noun("http://h/me/mnist/runs/x") == "run"
    assert page_noun("me/mnist/x") is None
