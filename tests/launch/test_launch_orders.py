"""What engines are told: pure functions of an order."""

import json
import re
import shlex
import subprocess

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from besom.cli.menu import menu
from besom.errors import UsageError
from besom.launch import kubernetes, ray, slurm, ssh
from besom.launch.merging import merged
from besom.launch.order import Order, is_loopback, read_memory, read_time, read_variables, refuse_loopback
from besom.launch.program import EngineError

KEY = "K" * 43


def order(**fields):
    known = {"id": "0a1b2c3d", "sweep": "me/mnist/x1y2", "url": "https://besom.example", "key": KEY}
    return Order(**{**known, **fields})


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"agents": 0}, "0 agents"),
        ({"agents": 2, "at_once": 3}, "3 of 2"),
        ({"gpus_per_run": 2}, "without --gpus"),
        ({"variables": {"BESOM_API_KEY": "x"}}, "--env sets BESOM_API_KEY"),
        ({"variables": {"BESOM_LAUNCH": "x"}}, "--env sets BESOM_LAUNCH"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(fields, said):
    with pytest.raises(UsageError, match=said):
        order(**fields)


def test_amounts_and_variables_are_read_as_people_write_them():
    assert [read_memory(text) for text in ("500M", "16G", "2gib", "1T")] == [500, 16384, 2048, 1048576]
    for wrong in ("16", "G", "0G", "1.5G", "16K"):
        with pytest.raises(UsageError, match="--memory is"):
            read_memory(wrong)
    assert read_variables(("A=b=c", "HERE", "EMPTY="), {"HERE": "x"}) == {"A": "b=c", "HERE": "x", "EMPTY": ""}
    for wrong in ("MISSING", "a b=c", "=x"):
        with pytest.raises(UsageError, match="--env"):
            read_variables((wrong,), {})
    assert ssh.read_hosts("a, me@b.example ,c") == ["a", "me@b.example", "c"]
    for wrong in ("", ",", "a,a", "-oProxyCommand=x", "a b", "a;b"):
        with pytest.raises(UsageError, match=r"host|twice"):
            ssh.read_hosts(wrong)


def test_a_server_that_only_its_own_machine_reaches_is_refused():
    here = ["http://127.0.0.1:7878", "http://localhost:1", "http://[::1]:1", "http://127.3.2.1", "localhost", "::1"]
    assert [url for url in here if not is_loopback(url)] == []
    assert not any(map(is_loopback, ["https://besom.example", "http://10.0.0.1:7878", "node1", "::2"]))
    with pytest.raises(UsageError, match=r"besom server --host 0\.0\.0\.0"):
        refuse_loopback(here[0])
    refuse_loopback("http://login-node:7878")


def test_slurm_gets_a_script_of_what_was_asked_for_without_the_key():
    asked = order(
        agents=24,
        at_once=12,
        one_run=True,
        gpus="2",
        gpus_per_run=1,
        cpus=4,
        memory=2048,
        folder="/a b",
        variables={"TOKEN": "of me"},
    )
    script = slurm.script(asked, time="4:00:00")
    wanted = "array=1-24%12 cpus-per-task=4 gres=gpu:2 mem=2048M time=4:00:00 open-mode=append signal=B:USR1@120"
    assert {f"#SBATCH --{option}" for option in [*wanted.split(), "requeue"]} <= set(script.splitlines())
    assert "\nbesom agent --count 1 --gpus all --gpus-per-run 1 me/mnist/x1y2 &\n" in script
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0
    shown = slurm.preview(asked, ["--partition=gpu", "--comment=two words"], time="4:00:00")
    assert "cd '/a b'\n" in shown
    assert " TOKEN='***' BESOM_API_KEY='***' sbatch --parsable --partition=gpu '--comment=two words' <<'END'\n" in shown
    assert script in shown
    assert not re.search(f"{KEY}|of me", shown + script + repr(asked))
    with pytest.raises(UsageError, match="how many"):
        slurm.script(order(gpus="0,1"))
    with pytest.raises(UsageError, match=r"nowhere/besom, where .* cannot be made: No such file(.|\n)*--folder"):
        slurm.submit(order(folder="/nowhere"), [])
    for time, seconds in {
        "5": 300,
        "9:30": 570,
        "2:00:00": 7200,
        "1-2": 93600,
        "1-0:30": 88200,
        "0-0:9:9": 549,
    }.items():
        assert read_time(time) == seconds
        assert kubernetes.read_deadline(time) == seconds
        assert f"time={time}\n" in slurm.preview(asked, [], time=time)
    for time in ("0", "UNLIMITED", "1-"):
        assert read_time(time) is None
        with pytest.raises(UsageError, match=f"--time is '{time}', which is no time(.|\n)*4:00:00"):
            kubernetes.read_deadline(time)
    for time in ("2:00", "4", "0-0:4"):
        with pytest.raises(UsageError, match=f"--time {time} is [24] min(.|\n)*2:00:00"):
            slurm.preview(asked, [], time=time)
        slurm.preview(asked, ["--signal=B:USR1@30"], time=time)
    assert slurm.read_array("Welcome.\n17;west\n") == slurm.SlurmArray(job="17", cluster="west")
    for said in ("", "Welcome.\n"):
        with pytest.raises(EngineError, match="names no job"):
            slurm.read_array(said)


def test_hosts_get_their_commands_through_the_connection():
    asked = order(gpus="0,3", slots=2, folder="/it's", variables={"GREETING": "it's $HOME"})
    script = ssh.script(asked)
    assert "besom agent --slots 2 --gpus 0,3 me/mnist/x1y2 <" in script
    done = subprocess.run(
        ["sh", "-s"],
        input=script.partition("command -v")[0].replace("cd ", ": ") + 'echo "$GREETING $BESOM_API_KEY"',
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"it's $HOME {KEY}\n"
    shown = ssh.preview(asked, ["node1", "me@node2"], ["-p", "22"])
    assert "for host in node1 me@node2" in shown
    assert '-p 22 "$host" sh -s' in shown
    assert "GREETING='***'" in shown
    assert not re.search(f"{KEY}|HOME", shown)


def test_kubernetes_gets_a_job_and_its_secret():
    asked = order(agents=4, at_once=2, gpus="1", memory=512, variables={"TOKEN": "of me"}, folder="/w")
    patch = YAML(typ="safe").load(
        "spec: {template: {spec: {nodeSelector: {pool: spare}, shareProcessNamespace: null,"
        " containers: [{name: agent, volumeMounts: [{name: d, mountPath: /d}]}, {name: side, image: s}]}}}"
    )
    shown = kubernetes.preview(asked, "img:1", ["-n", "team"], patch)
    job, secret = YAML(typ="safe").load_all(shown)
    pod = job["spec"]["template"]["spec"]
    agent, side = pod["containers"]
    assert job == kubernetes.job(asked, "img:1", patch), "what is shown is what is submitted"
    assert (job["spec"]["completions"], job["spec"]["parallelism"]) == (4, 2)
    assert agent["resources"]["limits"] == {"memory": "512Mi", "nvidia.com/gpu": "1"}
    assert agent["volumeMounts"] == [{"name": "d", "mountPath": "/d"}]
    assert side == {"name": "side", "image": "s"}
    assert pod["nodeSelector"] == {"pool": "spare"}
    assert "shareProcessNamespace" not in pod
    assert "activeDeadlineSeconds" not in job["spec"]
    limited = kubernetes.job(order(seconds=9000), "img:1")["spec"]
    assert limited["activeDeadlineSeconds"] == 9000
    assert "activeDeadlineSeconds" not in limited["template"]["spec"], "an end of pods would count as failures"
    found = {one["name"]: one["valueFrom"]["secretKeyRef"] for one in agent["env"] if "valueFrom" in one}
    name = secret["metadata"]["name"]
    assert found == {key: {"name": name, "key": key} for key in ("TOKEN", "BESOM_API_KEY")}
    assert secret["stringData"] == {"TOKEN": "***", "BESOM_API_KEY": "***"}
    assert not re.search(f"{KEY}|of me", shown + json.dumps(job))
    assert kubernetes.secret(asked, "uid")["stringData"] == {"TOKEN": "of me", "BESOM_API_KEY": KEY}
    named = order(sweep="me/x$(BESOM_API_KEY)$$/x1y2")
    (agent,) = kubernetes.job(named, "img:1")["spec"]["template"]["spec"]["containers"]
    assert agent["command"][-1] == "me/x$$(BESOM_API_KEY)$$$$/x1y2", "Kubernetes makes one $ of two, and expands none"
    for about in ({"name": "other"}, "other", None):
        with pytest.raises(UsageError, match="kind or the name"):
            kubernetes.job(asked, "img:1", {"metadata": about})
    with pytest.raises(UsageError, match="-- --namespace=team"):
        kubernetes.job(asked, "img:1", {"metadata": {"namespace": "team"}})


def test_ray_gets_a_job_whose_environment_holds_the_secrets():
    asked = order(agents=4, at_once=2, gpus="1", memory=512, variables={"TOKEN": "of me"}, folder="/w")
    patch = {"pip": ["besom"], "env_vars": {"OTHER": "secret of mine"}}
    shown = ray.preview(asked, {"a100": 0.5}, "http://head:8265", ["--working-dir=."], patch)
    command, _, environment = shown.partition(" <<'END'\n")
    words = shlex.split(command)
    assert words[:4] == ["ray", "job", "submit", "--address=http://head:8265"]
    assert {"--no-wait", "--submission-id=besom-0a1b2c3d", "--working-dir=."} <= set(words)
    assert json.loads(words[-1]) == {
        "agents": 4,
        "at_once": 2,
        "command": ["besom", "agent", "--gpus", "all", "me/mnist/x1y2"],
        "folder": "/w",
        "cpus": 1,
        "gpus": 1,
        "memory": 512 * 1024**2,
        "resources": {"a100": 0.5},
    }
    named = order(sweep="me/$HOME `id` $(id) \\ \"'!\n/x1y2")
    (*_, word) = ray.entrypoint(named, {})
    for quoted in (shlex.join([word]), subprocess.list2cmdline([word])):  # as Ray does it, and as it did
        said = subprocess.run(["bash", "-c", f"printf %s {quoted}"], capture_output=True, text=True, check=True)
        assert json.loads(said.stdout)["command"][-1] == named.sweep
    told = json.loads(environment.removesuffix("END"))
    assert told["pip"] == ["besom"]
    assert [told["env_vars"][name] for name in ("TOKEN", "OTHER", "BESOM_API_KEY")] == ["***"] * 3
    assert not re.search(f"{KEY}|of me|of mine", shown)
    for given, said in (
        (None, "it is empty"),
        (["A=1"], "it is list"),
        ({"A": 4}, "'A' is int"),
        ({4: "A"}, "4 is no"),
    ):
        with pytest.raises(UsageError, match=f"env_vars .* no object of texts: {said}"):
            ray.preview(asked, {}, None, [], {"env_vars": given})
    with pytest.raises(UsageError, match="hands out GPUs itself"):
        ray.entrypoint(order(gpus="all"), {})
    for wrong in ("a100", "=1", "a=0", "a=x", "a=-1", "a=inf", "a=nan"):
        with pytest.raises(UsageError, match="--resource is"):
            ray.read_resources([wrong])


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("Status for job 'besom-1': RUNNING", "running"),
        ("Status for job 'besom-1': PENDING\nStatus message: Job has not started yet.", "waiting"),
        ("Job 'besom-1' succeeded", "ended"),
        ("WARN: Job 'besom-1' was stopped", "ended"),
        ("Job 'besom-1' failed\nStatus message: exit code 1", "ended"),
        ("Something new", "unknown"),
    ],
)
def test_what_ray_says_of_a_job_is_understood(said, state, tmp_path, monkeypatch):
    program = tmp_path / "ray"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{said}\nEND\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert [(job.name, job.state) for job in ray.RayJob(id="besom-1").look()] == [("besom-1", state)]


def test_a_job_that_ray_has_forgotten_is_over(tmp_path, monkeypatch):
    program = tmp_path / "ray"
    program.write_text("#!/bin/sh\necho 'Job besom-1 does not exist' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    gone = ray.RayJob(id="besom-1")
    gone.stop()
    assert gone.look() == []


@pytest.mark.parametrize("words", [["ray", "ID"], ["ssh", "node1", "ID"]])
def test_engines_that_end_no_agent_after_a_time_say_what_does(words):
    with pytest.raises(UsageError, match=f"4:00:00', but {words[0]} ends no agent(.|\n)*budget: {{hours: 4}}"):
        CliRunner().invoke(menu, ["launch", *words, "--time=4:00:00"], catch_exceptions=False)


def test_without_ray_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EngineError, match=r"no command ray here\.\nInstall it .*ray\[default\]"):
        ray.submit(order(), {}, None, [], {})


def test_a_patch_merges_objects_and_named_things_and_replaces_other_lists():
    base = {"a": {"b": 1, "c": 2}, "words": ["x"], "things": [{"name": "one", "v": 1}, {"name": "two"}]}
    patch = {"a": {"b": None, "d": 3}, "words": ["y"], "things": [{"name": "one", "w": 2}, {"name": "new", "v": None}]}
    things = [{"name": "one", "v": 1, "w": 2}, {"name": "two"}, {"name": "new"}]
    assert merged(base, patch) == {"a": {"c": 2, "d": 3}, "words": ["y"], "things": things}
