import re

import pytest
from test_cli_sweep import create


def page(user, *arguments: str) -> str:
    """The page to which the printed address leads."""
    result = user.besom("open", *arguments)
    assert (result.code, result.err) == (0, "")
    return re.fullmatch(r"http://127\.0\.0\.1:\d+/login\?ticket=[\w-]+&next=(\S+)\n", result.out)[1]


def test_without_a_path_all_projects_are_shown(user):
    assert page(user) == "/"


def test_a_sweep_is_opened_by_id_path_or_address(user):
    path = create(user, "-p", "opened")
    entity, project, identity = path.split("/")
    address = f"/{entity}/{project}/sweeps/{identity}"
    for name in (identity, path, f"http://127.0.0.1:7878{address}"):
        assert page(user, name) == address


def test_a_project_is_opened_by_name_or_path(user):
    entity = create(user, "-p", "opened").split("/")[0]
    assert page(user, "opened") == page(user, f"{entity}/opened") == f"/{entity}/opened"


@pytest.mark.parametrize("name", ["nothing", "me/nothing", "me/nothing/x", "me/nothing/runs/x"])
def test_what_is_not_there_is_named(user, name):
    assert "nothing" in user.fails("open", name)


def test_over_ssh_the_tunnel_is_explained(user):
    assert "ssh -L" in user.besom("open", SSH_CONNECTION="a b c d").err
