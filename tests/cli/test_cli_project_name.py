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


def test_a_folder_whose_name_the_server_keeps_for_itself_gets_its_parents_too(home):
    assert project_for("sweeps/train.py", home / "mnist", home) == "mnist-sweeps"
    assert project_for("Runs/train.py", home / "mnist", home) == "mnist-Runs"
    (home / "runs" / ".git").mkdir(parents=True)
    assert project_for("train.py", home / "runs", home) == "uncategorized"


def test_a_long_name_is_cut_to_what_the_server_takes(home):
    assert project_for(f"{'deep' * 50}/train.py", home / "mnist", home) == "deep" * 32
