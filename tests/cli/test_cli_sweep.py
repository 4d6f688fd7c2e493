import json
import re

import pytest
from cli_user import GRID

from besom.client.connection import Connection
from besom.client.lookup import find_sweep
from besom.client.paths import parse_item


def path_of(said: str) -> str:
    """The sweep's path, as printed for the agents."""
    found = re.search(r"Run sweep agent with: besom agent (.+)", said)
    assert found, said
    return found[1].strip("'")


def create(user, *arguments: str, text: str = GRID) -> str:
    user.write("sweep.yaml", text)
    result = user.besom("sweep", "sweep.yaml", *arguments)
    assert result.code == 0, result.said
    return path_of(result.out)


def sweep(server: Connection, path: str):
    return find_sweep(server, parse_item(path, "sweep"))


def test_creation_prints_file_id_page_and_agent_line_in_this_order(user, server):
    user.write("sweep.yaml", GRID)
    user.write("train.py", "")
    result = user.besom("sweep", "-p", "mnist", "sweep.yaml")
    lines = result.out.splitlines()
    assert (result.code, result.err, len(lines)) == (0, "", 4)
    assert lines[0] == "Creating sweep from: sweep.yaml"
    identity = re.fullmatch(r"Sweep ID: ([a-z0-9]{8})", lines[1])[1]
    assert lines[2].startswith(f"View sweep at: {server.url}/login?ticket=")
    assert lines[3].endswith(f"/mnist/{identity}")
    assert sweep(server, path_of(result.out)).text == GRID


def test_a_program_that_is_not_here_is_mentioned_where_the_command_starts_it(user):
    user.write("sweep.yaml", GRID)
    assert "there is no file train.py here" in user.besom("sweep", "sweep.yaml").err
    user.write("module.yaml", GRID + "command: [python, -m, train]\n")
    assert user.besom("sweep", "module.yaml").err == ""


@pytest.mark.parametrize("project", ["a/b", "..", "50%", "x" * 200])
def test_a_project_name_that_no_address_can_hold_is_refused(user, project):
    user.write("sweep.yaml", GRID)
    assert "The project name" in user.fails("sweep", "-p", project, "sweep.yaml")


def test_the_printed_page_signs_a_browser_in_once(user):
    import urllib.request
    from http.cookiejar import CookieJar

    user.write("sweep.yaml", GRID)
    result = user.besom("sweep", "sweep.yaml")
    address = re.search(r"View sweep at: (\S+)", result.out)[1]
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with browser.open(address) as page:
        assert page.geturl().endswith(f"/sweeps/{path_of(result.out).rsplit('/', 1)[1]}")


def test_warnings_come_before_the_id(user):
    user.write("sweep.yaml", GRID + "run_capp: 3\n")
    result = user.shell("besom sweep sweep.yaml 2>&1")
    warning, identity = result.out.index("run_capp"), result.out.index("Sweep ID")
    assert result.out.index("Creating") < warning < identity
    assert result.out.count("Did you mean `run_cap`") == 1


def test_a_path_with_a_space_is_quoted_for_the_shell(user):
    user.write("sweep.yaml", GRID)
    result = user.besom("sweep", "-p", "my project", "sweep.yaml")
    assert re.search(r"besom agent '\S+/my project/\w{8}'\n", result.out)
    made = json.loads(user.besom("sweep", "-p", "my project", "sweep.yaml", "--json").out)
    assert made["agent"] == f"besom agent '{made['path']}'"


@pytest.mark.parametrize(
    ("options", "environ", "line", "project"),
    [
        (["-p", "option"], {"WANDB_PROJECT": "variable"}, "project: file\n", "option"),
        ([], {"WANDB_PROJECT": "variable"}, "project: file\n", "variable"),
        ([], {}, "project: file\n", "file"),
        ([], {}, "", "work"),
    ],
    ids=["option", "environment", "file", "folder of the program"],
)
def test_the_project_comes_from_the_nearest_place(user, options, environ, line, project):
    user.write("sweep.yaml", GRID + line)
    result = user.besom("sweep", "sweep.yaml", *options, **environ)
    assert path_of(result.out).split("/")[1] == project


def test_the_entity_comes_from_the_nearest_place(user):
    user.write("sweep.yaml", GRID + "entity: file\n")
    by_option = user.besom("sweep", "-e", "option", "sweep.yaml", WANDB_ENTITY="variable")
    by_variable = user.besom("sweep", "sweep.yaml", WANDB_ENTITY="variable")
    by_file = user.besom("sweep", "sweep.yaml")
    made = [path_of(result.out).split("/")[0] for result in (by_option, by_variable, by_file)]
    assert made == ["option", "variable", "file"]


def test_name_and_program_win_over_the_file(user, server):
    made = sweep(server, create(user, "--name", "first try", "--program", "other.py"))
    assert (made.name, made.config["program"]) == ("first try", "other.py")


def test_a_pending_sweep_takes_another_configuration(user, server):
    path = create(user)
    user.write("sweep.yaml", GRID.replace("0.3", "0.4"))
    result = user.besom("sweep", "--update", path, "sweep.yaml")
    assert result.out.startswith("Updating sweep from: sweep.yaml\n")
    assert path_of(result.out) == path
    assert sweep(server, path).config["parameters"]["lr"]["values"] == [0.1, 0.2, 0.4]


def test_a_started_sweep_gets_a_new_version_and_what_cannot_change_is_said(user, server):
    path = create(user)
    user.write("train.py", "import besom\nbesom.init().log({'loss': 1})\n")
    assert user.besom("agent", "--count", "1", path).code == 0
    user.write("sweep.yaml", GRID.replace("0.3", "0.4"))
    assert "--name cannot change under way" in user.fails("sweep", "--update", path, "--name", "x", "sweep.yaml")
    said = user.besom("sweep", "--update", path, "sweep.yaml").out
    assert "Version 2: the runs so far (1) stay and count.\n  lr: added 0.4, removed 0.3\n" in said
    assert (path_of(said), sweep(server, path).run_count) == (path, 1)
    user.write("sweep.yaml", GRID.replace("train.py", "main.py"))
    assert "`program` cannot change under way" in user.fails("sweep", "--update", path, "sweep.yaml")
    assert "0.4" in sweep(server, path).text


def test_pause_resume_and_stop_say_what_happens_next(user, server):
    path = create(user)
    user.besom("sweep", "--resume", path)
    said = user.besom("sweep", "--pause", path.rsplit("/", 1)[1]).out
    assert said == f"Paused sweep {path}. No new runs start.\nGo on with: besom sweep --resume {path}\n"
    assert sweep(server, path).state == "PAUSED"
    said = user.besom("sweep", "--resume", path).out
    assert f"Start one with: besom agent {path}" in said
    assert "Reopen it with" in user.besom("sweep", "--stop", path).out
    assert sweep(server, path).state == "FINISHED"


def test_cancel_ends_a_sweep(user, server):
    path = create(user)
    assert user.besom("sweep", "--cancel", path).out.startswith(f"Canceled sweep {path}. No new runs start.\n")
    assert sweep(server, path).state == "CANCELED"


@pytest.mark.parametrize("action", ["stop", "cancel"])
def test_the_end_of_a_sweep_says_which_runs_were_only_queued(user, server, action):
    user.write("sweep.yaml", GRID + "start_with: [{lr: 0.3}, {lr: 0.1}]\n")
    path = path_of(user.besom("sweep", "sweep.yaml").out)
    said = user.besom("sweep", f"--{action}", path).out
    assert f"sweep {path}. No new runs start; the 2 queued runs are dropped.\n" in said


def test_a_sweep_is_paused_before_its_first_run(user, server):
    path = create(user)
    assert user.besom("sweep", "--pause", path).code == 0
    assert sweep(server, path).state == "PAUSED"


def test_a_state_that_does_not_allow_it_is_an_error(user):
    path = create(user)
    user.besom("sweep", "--cancel", path)
    assert path.rsplit("/", 1)[1] in user.fails("sweep", "--stop", path)


def test_two_state_flags_at_once_are_refused(user):
    assert "Only one of" in user.fails("sweep", "--stop", "--pause", "abcdefgh")


def test_a_state_flag_with_a_file_asks_for_the_id(user):
    user.write("sweep.yaml", GRID)
    assert "sweep.yaml is a file" in user.fails("sweep", "--stop", "sweep.yaml")


def test_an_id_without_a_flag_tells_the_possible_next_steps(user):
    assert "besom agent abcdefgh" in user.fails("sweep", "abcdefgh")


def test_a_missing_file_is_named_and_no_server_is_started(newcomer, tmp_path):
    assert "sweep.yaml\n  The file does not exist" in newcomer.fails("sweep", "sweep.yaml")
    assert not (tmp_path / "new").exists()


def test_a_mistyped_id_names_the_near_one(user):
    path = create(user)
    wrong = path[:-1] + ("x" if path[-1] != "x" else "y")
    for words in (["sweep", "--pause"], ["agent"]):
        assert f"Did you mean {path.rsplit('/', 1)[1]}?" in user.fails(*words, wrong)


def test_an_id_of_another_project_says_where_the_sweep_is(user):
    path = create(user, "-p", "here")
    identity = path.rsplit("/", 1)[1]
    assert f"The sweep {identity} is {path}" in user.fails("sweep", "--pause", f"there/{identity}")


def test_a_prior_run_of_another_project_is_refused(user):
    user.write("sweep.yaml", GRID)
    said = user.fails("sweep", "-p", "here", "-R", "me/there/x7k2m9p1", "sweep.yaml")
    assert "not in the sweep's project" in said


def test_prior_runs_by_id_are_attached(user, server):
    path = create(user, "-p", "priors")
    user.write("train.py", "import besom\nbesom.init().log({'loss': 1})\n")
    user.besom("agent", "--count", "1", path)
    (run,) = json.loads(user.besom("runs", path, "--json").out)
    made = create(user, "-p", "priors", "-R", run["id"])
    user.besom("agent", "--count", "1", made)
    (first,) = json.loads(user.besom("runs", made, "--json").out)
    assert (run["params"], first["params"]) == ({"lr": 0.1}, {"lr": 0.2})


def test_frozen_code_is_what_the_agents_run(user):
    user.write("train.py", "print('as it was')\nimport besom\nbesom.init()\n")
    path = create(user, "--freeze-code")
    user.write("train.py", "print('changed since')\nimport besom\nbesom.init()\n")
    said = user.besom("agent", "--count", "1", path).said
    assert "as it was" in said
    assert "changed since" not in said


def test_a_program_that_is_not_here_cannot_be_frozen(user):
    user.write("sweep.yaml", GRID)
    assert "cannot be frozen" in user.fails("sweep", "--freeze-code", "sweep.yaml")


def test_wandbs_settings_option_has_no_effect(user, server):
    assert "settings" not in sweep(server, create(user, "--settings", "a=b,c=d")).config


def test_a_state_flag_goes_with_no_option_of_creation(user):
    assert "--pause" in user.fails("sweep", "--pause", "--freeze-code", "abcdefgh")


def test_the_id_alone_is_enough_for_every_command(user):
    identity = create(user).rsplit("/", 1)[1]
    for words in (["sweep", "--resume"], ["status"], ["runs"], ["open"], ["sweep", "--stop"], ["agent"]):
        assert user.besom(*words, identity).code == 0, words
