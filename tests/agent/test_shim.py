"""What ``import wandb`` gives in a program that an agent starts."""

import subprocess
import sys
from pathlib import Path

import pytest

from besom.agent.environment import SHIM

CLIENT = "import wandb.sdk\nname = 'the real client'\n"


def python(code: str, *path: Path) -> str:
    """Standard output of a program with the shim and ``path`` on its import path."""
    search = ":".join(map(str, (SHIM, *path)))
    answer = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": search}, capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or answer.stderr.strip().splitlines()[-1]


@pytest.fixture
def client(tmp_path: Path) -> Path:
    """A folder with a package ``wandb``, as an installation of W&B's client leaves it."""
    package = tmp_path / "site" / "wandb"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(CLIENT)
    (package / "sdk.py").write_text("part = 'its part'")
    return package.parent


def test_besom_itself_where_the_client_is_not_installed() -> None:
    assert python("import wandb, besom; print(wandb is besom)") == "True"


def test_names_can_be_imported_from_it() -> None:
    assert python("from wandb import init; import besom; print(init is besom.init)") == "True"


def test_the_real_client_where_it_is_installed(client: Path) -> None:
    assert python("import wandb; print(wandb.name)", client) == "the real client"


def test_parts_of_the_real_client(client: Path) -> None:
    assert python("from wandb.sdk import part; print(part)", client) == "its part"


def test_a_mere_folder_of_run_files_is_not_the_client(tmp_path: Path) -> None:
    (tmp_path / "wandb" / "run-1").mkdir(parents=True)
    assert python("import wandb, besom; print(wandb is besom)", tmp_path) == "True"


@pytest.mark.parametrize("part", ["sdk", "errors", "keras"])
def test_parts_of_the_client_that_besom_has_not_are_missing_modules(part: str) -> None:
    assert python(f"import wandb.{part}").startswith(f"ModuleNotFoundError: No module named 'wandb.{part}'")


def test_programs_that_try_the_import_go_on_without_it() -> None:
    code = "try:\n    import wandb.keras\nexcept ImportError as error:\n    print('without', error.name)"
    assert python(code) == "without wandb.keras"
