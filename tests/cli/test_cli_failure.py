import subprocess
import sys

from cli_user import GRID, on_a_terminal


def test_colours_are_for_terminals_and_for_those_who_want_them(newcomer):
    newcomer.write("sweep.yaml", GRID)
    assert "\x1b[" in on_a_terminal(newcomer, "preview", "sweep.yaml")
    assert "\x1b[" not in on_a_terminal(newcomer, "preview", "sweep.yaml", NO_COLOR="1")
    assert "\x1b[" not in on_a_terminal(newcomer, "preview", "sweep.yaml", TERM="dumb")
    assert "\x1b[" not in newcomer.besom("preview", "sweep.yaml").said


def test_errors_of_a_file_are_coloured_on_a_terminal(newcomer):
    newcomer.write("sweep.yaml", "method: grdi\nparameters: {a: {value: 1}}\n")
    said = on_a_terminal(newcomer, "sweep", "sweep.yaml")
    assert "\x1b[31m" in said
    assert "\x1b[32m  Fix: write `method: grid`." in said


def test_a_reader_that_leaves_early_is_no_reason_to_complain(newcomer):
    newcomer.write("sweep.yaml", f"method: grid\nparameters: {{a: {{values: {list(range(20_000))}}}}}\n")
    result = newcomer.shell("besom preview --samples 20000 sweep.yaml | head -1")
    assert (result.code, result.err) == (0, "")


def test_a_traceback_is_shown_to_those_who_ask(newcomer):
    command = [sys.executable, "-m", "besom.cli", "preview", "nothing.yaml"]
    environment = {**newcomer.environment, "BESOM_DEBUG": "1"}
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stderr
    assert "Traceback" in said
    assert said.rstrip().endswith("Fix: check the name and the current directory.")
