import pytest

from besom.cli.project_name import project_for


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "me"
    (home / "mnist" / "deep net").mkdir(parents=True)
    return home


def test_a_programs_folder_names_its_project(home):
    assert project_for("train.py", home / "mnist", home) == "mnist"
    assert project_for("deep net/train.py", home / "mnist", home) == "deep-net"
    assert project_for(str(home / "mnist" / "train.py"), home, home) == "mnist"


def test_in_a_repository_the_project_has_its_name_and_the_folder_inside(home):
    (home / "mnist" / ".git").mkdir()
    assert project_for("train.py", home / "mnist", home) == "mnist"
    assert project_for("train.py", home / "mnist" / "deep net", home) == "mnist-deep-net"


def test_the_home_folder_says_nothing(home):
    (home / ".git").mkdir()
    assert project_for("train.py", home, home) == "uncategorized"
    assert project_for("mnist/train.py", home, home) == "mnist"


def test_without_a_program_there_is_nothing_to_go_by(home):
    assert project_for(None, home / "mnist", home) == "uncategorized"
