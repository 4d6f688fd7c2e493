"""What a program's command line and environment get from the sweep and from the agent."""

import pytest
from cli_user import environment
from example_user import ExampleUser

from terminal_user import LONGEST

SWEEP = "program: train.py\nproject: arguments\nmethod: grid\nparameters:\n"


@pytest.fixture
def user(copied, home, tmp_path):
    return ExampleUser(tmp_path, environment(home))


def test_parsed_arguments_and_the_runs_configuration_are_the_same_typed_values(user):
    user.write(
        "train.py",
        "import argparse, besom\n"
        "parser = argparse.ArgumentParser()\n"
        "parser.add_argument('--learning_rate', type=float)\n"
        "parser.add_argument('--optimizer')\n"
        "parser.add_argument('--layers', type=int, default=2)\n"
        "arguments = parser.parse_args()\n"
        "with besom.init(config=arguments) as run:\n"
        "    assert dict(run.config) == vars(arguments), (run.config, arguments)\n"
        "    run.log({'same': 1})\n",
    )
    user.write("sweep.yaml", SWEEP + "  learning_rate: {value: 0.005}\n  optimizer: {value: adam}\n")
    (run,) = user.sweep(count=1).runs
    assert run.config == {"learning_rate": 0.005, "optimizer": "adam", "layers": 2}
    assert run.summary["same"] == 1


def test_flags_that_a_program_does_not_know_do_it_no_harm(user):
    user.write(
        "train.py",
        "import argparse, besom\n"
        "parser = argparse.ArgumentParser()\n"
        "parser.add_argument('--known', type=int)\n"
        "arguments, unknown = parser.parse_known_args()\n"
        "with besom.init(config=arguments) as run:\n"
        "    run.log({'ignored': len(unknown)})\n",
    )
    user.write("sweep.yaml", SWEEP + "  known: {value: 1}\n  other: {value: 2}\n")
    (run,) = user.sweep(count=1).runs
    assert run.summary["ignored"] == 1
    assert run.config == {"known": 1, "other": 2}


def test_each_agent_gives_its_program_the_gpu_that_it_was_given(user):
    user.write(
        "train.py",
        "import os, besom\nbesom.init()\nbesom.log({'gpu': int(os.environ['CUDA_VISIBLE_DEVICES'])})\n",
    )
    user.write("sweep.yaml", SWEEP + "  x: {values: [1, 2]}\n")
    path = user.create("sweep.yaml")
    agents = [user.start_agent(path, CUDA_VISIBLE_DEVICES=gpu) for gpu in "01"]
    assert [agent.wait(timeout=LONGEST) for agent in agents] == [0, 0]
    assert sorted(run.summary["gpu"] for run in user.finished(path).runs) == [0, 1]
