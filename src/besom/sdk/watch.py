"""``run.watch``: how gradients and parameters of a PyTorch model are distributed while it learns."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

from besom.errors import UsageError
from besom.sdk.media.histogram import Histogram

if TYPE_CHECKING:
    from besom.sdk.run import Run

What = Literal["gradients", "parameters", "all"]
BINS = 64


class Watching:
    """The hooks that a run has in models."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._hooks: dict[int, list[Any]] = {}
        """By ``id`` of the model."""
        run.on_finish(self.remove)

    def add(self, models: Any, log: What | None, log_freq: int, idx: int | None, log_graph: bool) -> None:
        """See ``Run.watch``."""
        if log is not None and log not in get_args(What):
            raise UsageError(f"watch() was given log={log!r}.", "It is 'gradients', 'parameters', 'all' or None.")
        if log_freq < 1:
            raise UsageError(f"watch() was given log_freq={log_freq}.", "It counts batches: 1 or more.")
        if log_graph:
            raise UsageError("watch() cannot log the model's graph.", "Leave log_graph out; log str(model) as text.")
        listed = list(models) if isinstance(models, Sequence) else [models]
        for model in listed:
            if not hasattr(model, "register_forward_hook") or not hasattr(model, "named_parameters"):
                raise UsageError(
                    f"watch() was given a value of type {type(model).__name__}.", "Give a torch.nn.Module, or a list."
                )
            if id(model) in self._hooks:
                raise UsageError("watch() was given a model that is watched already.", "Call unwatch(model) first.")
        first = len(self._hooks) if idx is None else idx
        for number, model in enumerate(listed, first):
            prefix = f"graph_{number}" if number else ""
            hooks: list[Any] = []
            if log in ("parameters", "all"):
                hooks.append(model.register_forward_hook(self._parameters(prefix, log_freq)))
            if log in ("gradients", "all"):
                hooks += [
                    parameter.register_hook(self._gradient(f"gradients/{prefix}{name}", log_freq))
                    for name, parameter in model.named_parameters()
                    if parameter.requires_grad
                ]
            self._hooks[id(model)] = hooks
            weakref.finalize(model, self._hooks.pop, id(model), None)  # its number may be another model's then

    def remove(self, models: Any = None) -> None:
        """See ``Run.unwatch``."""
        if models is None:
            chosen = list(self._hooks)
        else:
            chosen = [id(model) for model in (models if isinstance(models, Sequence) else [models])]
        for key in chosen:
            for hook in self._hooks.pop(key, ()):
                hook.remove()

    def _parameters(self, prefix: str, every: int) -> Callable[..., None]:
        due = _Due(every)

        def hook(model: Any, inputs: Any, output: Any) -> None:  # noqa: ARG001  (PyTorch's signature)
            if model.training and due():
                named = model.named_parameters()
                self._log({f"parameters/{prefix}{name}": histogram(value) for name, value in named})

        return hook

    def _gradient(self, key: str, every: int) -> Callable[[Any], None]:
        due = _Due(every)

        def hook(gradient: Any) -> None:
            if due():
                self._log({key: histogram(gradient)})

        return hook

    def _log(self, values: dict[str, Histogram]) -> None:
        self._run.log(values, commit=False)  # they become part of the row that the program logs next


class _Due:
    """True at the first call, and then at each ``every``-th."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._calls = -1

    def __call__(self) -> bool:
        self._calls += 1
        return self._calls % self._every == 0


def histogram(tensor: Any) -> Histogram:
    """Counts the finite numbers of a tensor, on the device where it is."""
    import torch  # late: only where a tensor is

    values = tensor.detach()
    if values.is_sparse:
        values = values.coalesce().values()
    values = values.flatten().float()
    values = values[torch.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if values.numel() else (0.0, 1.0)
    if low == high:  # numbers that are all the same lie in the middle
        half = max(0.5, abs(low) * 1e-6)
        low, high = low - half, high + half
    counts = torch.histc(values, bins=BINS, min=low, max=high)
    edges = [low + (high - low) * (index / BINS) for index in range(BINS)] + [high]
    return Histogram(np_histogram=([int(count) for count in counts.tolist()], edges))
