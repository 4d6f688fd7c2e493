"""The files for clouds: each starts an agent that knows no more than the sweep's id, an address and a key."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from example_user import EXAMPLES, ExampleUser
from ruamel.yaml import YAML

import besom
from besom.client import embedded
from terminal_user import LONGEST

CLOUDS = EXAMPLES / "clouds"
ID = "ENTITY/PROJECT/ID"


@pytest.fixture
def cloud(copied, home, tmp_path):
    """A sweep, and a machine elsewhere that has the example's files, an address and a key, and nothing else."""
    here = copied("clouds")
    sweep = here.folder / "sweep.yaml"
    sweep.write_text(sweep.read_text().replace("[1, 3, 5]", "[1, 3]"))  # a third would show nothing more
    path = here.create("sweep.yaml")
    server = embedded.find(home)
    variables = {"HOME": str(tmp_path), "BESOM_HOME": str(tmp_path / "elsewhere"), "BESOM_BASE_URL": server.url}
    return path, ExampleUser(here.folder, {**here.environment, **variables, "BESOM_API_KEY": server.key})


def works(machine: ExampleUser, command: list[str | Path], **environment: str) -> str:
    done = machine.run(command, None, **environment)
    assert done.code == 0, done.said
    return done.said


def neighbors(path: str) -> list[int]:
    """What was tried; all of it must have finished."""
    runs = list(besom.Api().sweep(path).runs)
    assert {run.state for run in runs} <= {"finished"}
    return sorted(run.config["neighbors"] for run in runs)


def test_a_kubernetes_job_starts_agents_that_work_until_the_sweep_is_over(cloud):
    path, machine = cloud
    job = YAML(typ="safe").load(CLOUDS / "kubernetes-job.yaml")
    pod = job["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert {variable["name"] for variable in container["env"]} == {"BESOM_BASE_URL", "BESOM_API_KEY"}
    assert pod["restartPolicy"] == "Never", "podFailurePolicy allows no other"
    assert container["command"][0] == "besom", "no shell in between, which would keep SIGTERM to itself"
    works(machine, [path if word == ID else word for word in container["command"]])
    assert neighbors(path) == [1, 3]
    works(machine, [path if word == ID else word for word in container["command"]])  # a pod that comes late


def test_an_aws_batch_job_makes_one_run(cloud):
    path, machine = cloud
    definition = json.loads((CLOUDS / "aws-batch-job-definition.json").read_text())
    container = definition["containerProperties"]
    assert {item["name"] for item in container["environment"] + container["secrets"]} == {
        "BESOM_BASE_URL",
        "BESOM_API_KEY",
    }
    assert definition["parameters"] == {"sweep": ID}
    works(machine, [path if word == "Ref::sweep" else word for word in container["command"]])
    assert neighbors(path) == [1]


def test_a_sagemaker_job_is_an_agent(cloud):
    path, machine = cloud
    # As in the job: SageMaker says so, installs requirements.txt, and starts the entry point.
    wheel = f"./besom-{besom.__version__}-py3-none-any.whl"
    assert wheel in (CLOUDS / "requirements.txt").read_text().split(), "a checkout makes one of that name"
    works(machine, [sys.executable, "sagemaker_agent.py"], TRAINING_JOB_NAME="train-1", SWEEP=path)
    assert neighbors(path) == [1, 3]


AMAZON = Path(sys.executable).parents[1] / "aws/bin/python"
"""The Python of an instance: has Amazon's client, and no besom but the command."""
SEND = """
import sys, boto3
sqs = boto3.client("sqs")
queue = sqs.create_queue(QueueName="sweeps")["QueueUrl"]
for _ in range(2):  # the second message finds the sweep finished: an instance that boots late
    sqs.send_message(QueueUrl=queue, MessageBody=sys.argv[1])
print(queue)
"""
LEFT = """
import sys, boto3
names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
print(boto3.client("sqs").get_queue_attributes(QueueUrl=sys.argv[1], AttributeNames=names)["Attributes"])
"""


@pytest.fixture
def amazon(tmp_path):
    """Amazon's services as moto emulates them; the variables by which its client finds them."""
    if not AMAZON.exists():
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("Amazon's client is not installed: make .venv/examples-installed")
    log = tmp_path / "moto.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [AMAZON, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            stdout=output,
            stderr=output,
        )
    deadline = time.monotonic() + LONGEST
    while not (address := re.search(r"http://127\.0\.0\.1:\d+", log.read_text())):
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    credentials = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}
    yield {**credentials, "AWS_ENDPOINT_URL": address[0]}
    server.terminate()
    server.wait()


def test_instances_take_the_sweep_from_an_sqs_queue(cloud, amazon):
    path, machine = cloud
    queue = works(machine, [AMAZON, "-c", SEND, path], **amazon).strip()
    works(machine, [AMAZON, "sqs_agent.py", queue, "--idle", "1"], **amazon)
    assert neighbors(path) == [1, 3]
    left = works(machine, [AMAZON, "-c", LEFT, queue], **amazon)
    assert left.count("'0'") == 2, f"messages that no instance took: {left}"


def test_the_container_gets_files_that_are_there():
    lines = re.findall(r"^COPY (.+) \./?$", (CLOUDS / "Dockerfile").read_text(), re.MULTILINE)
    copied = {name for line in lines for name in line.split()}
    assert copied == {"*.whl", "requirements.txt", "train.py"}, "the wheel is made by whoever builds the image"
    assert all((CLOUDS / name).is_file() for name in copied - {"*.whl"})
