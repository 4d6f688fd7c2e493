"""``run.watch``: histograms of a PyTorch model beside the values that the program logs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import besom
from besom.errors import UsageError
from besom.protocol import HistoryRecord, SpoolRecord
from besom.sdk.run import Run
from besom.sdk.watch import histogram
from late_import import LateImport

torch = LateImport("torch")


@pytest.fixture
def run(offline: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    for name, value in {"CONSOLE": "off", "DISABLE_META": "true", "DISABLE_STATS": "true"}.items():
        monkeypatch.setenv(f"BESOM_{name}", value)
    with besom.init() as run:
        yield run


@pytest.fixture
def logged(records: Callable[[], list[SpoolRecord]]) -> Callable[[], dict[int, dict[str, Any]]]:
    """The rows of the run by step."""

    def read() -> dict[int, dict[str, Any]]:
        rows: dict[int, dict[str, Any]] = {}
        for record in records():
            if isinstance(record, HistoryRecord):
                rows.setdefault(record.step, {}).update(record.data)
        return rows

    return read


def model() -> torch.nn.Module:
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1))


def learn(network: torch.nn.Module, run: Run, batches: int = 1) -> None:
    for _ in range(batches):
        loss = network(torch.ones(2, 3)).square().mean()
        loss.backward()
        run.log({"loss": loss.item()})


NAMES = ["0.weight", "0.bias", "2.weight", "2.bias"]


def test_gradients_are_in_the_row_that_the_program_logs_after_them(run: Run, logged: Any) -> None:
    network = model()
    run.watch(network, log_freq=1)
    learn(network, run)
    assert set(logged()[0]) == {"loss", *(f"gradients/{name}" for name in NAMES)}
    assert sum(logged()[0]["gradients/0.weight"]["values"]) == 12


def test_parameters_or_both_may_be_asked_for(run: Run, logged: Any) -> None:
    network = model()
    run.watch(network, log="parameters", log_freq=1)
    learn(network, run)
    assert set(logged()[0]) == {"loss", *(f"parameters/{name}" for name in NAMES)}
    run.unwatch(network)
    run.watch(network, log="all", log_freq=1)
    learn(network, run)
    assert len(logged()[1]) == 9


def test_log_freq_counts_batches(run: Run, logged: Any) -> None:
    network = model()
    run.watch(network, log="all", log_freq=3)
    learn(network, run, batches=7)
    assert [step for step, row in logged().items() if len(row) > 1] == [0, 3, 6]


def test_a_model_that_is_not_training_is_left_alone(run: Run, logged: Any) -> None:
    network = model()
    run.watch(network, log="parameters", log_freq=1)
    network.eval()
    network(torch.ones(1, 3))
    assert logged() == {}


def test_several_models_have_numbers(run: Run, logged: Any) -> None:
    first, second = model(), model()
    run.watch([first, second], log_freq=1)
    (first(torch.ones(1, 3)) + second(torch.ones(1, 3))).sum().backward()
    run.log({"loss": 0})
    assert {"gradients/0.weight", "gradients/graph_10.weight"} <= set(logged()[0])


def test_after_unwatch_and_after_the_end_of_the_run_models_are_free_of_hooks(run: Run, logged: Any) -> None:
    network = model()
    besom.watch(network, log="all", log_freq=1)
    besom.unwatch()
    learn(network, run)
    assert logged() == {0: {"loss": logged()[0]["loss"]}}
    besom.watch(network, log="all", log_freq=1)
    run.finish()
    network(torch.ones(1, 3)).sum().backward()


def test_a_gradient_with_nan_does_not_stop_the_training(run: Run, logged: Any) -> None:
    network = model()
    run.watch(network, log_freq=1)
    (network(torch.ones(1, 3)).sum() * float("nan")).backward()
    run.log({"loss": float("nan")})
    assert sum(logged()[0]["gradients/2.bias"]["values"]) == 0


@pytest.mark.parametrize(
    "made",
    [
        lambda: torch.arange(100.0),
        lambda: torch.full((5,), 1e20),
        lambda: torch.ones(3, dtype=torch.bfloat16),
        lambda: torch.zeros(0),
        lambda: torch.eye(3).to_sparse(),
        lambda: torch.ones(2, dtype=torch.float64, requires_grad=True),
    ],
)
def test_each_finite_number_of_a_tensor_is_counted_once(made: Callable[[], Any]) -> None:
    tensor = made()
    counted = histogram(tensor)
    assert sum(counted.histogram) == (tensor._nnz() if tensor.is_sparse else tensor.numel())
    assert counted.bins == sorted(counted.bins)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (lambda: {"models": 3}, "type int"),
        (lambda: {"models": [torch.nn.Linear(1, 1)], "log": "weights"}, "'gradients', 'parameters', 'all'"),
        (lambda: {"models": torch.nn.Linear(1, 1), "log_freq": 0}, "log_freq=0"),
        (lambda: {"models": torch.nn.Linear(1, 1), "log_graph": True}, "graph"),
    ],
)
def test_what_cannot_be_watched_is_refused(run: Run, arguments: Callable[[], dict[str, Any]], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        run.watch(**arguments())


def test_a_model_is_watched_once(run: Run) -> None:
    network = model()
    run.watch(network)
    with pytest.raises(UsageError, match="watched already"):
        run.watch(network)
