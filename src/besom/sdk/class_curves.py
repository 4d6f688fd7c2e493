"""How well classes were told apart: confusion, ROC and precision-recall as rows of tables. Plain Python, no NumPy."""

from __future__ import annotations

import bisect
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from besom.errors import UsageError

MOST_ROWS = 10_000
"""Points beyond these are thinned evenly: a screen shows fewer."""
_DIGITS = 3


def plain_list(values: Any) -> list[Any]:
    """An array, tensor, frame, or anything iterable as a list; rows of it are lists too."""
    values = values.to_numpy() if hasattr(values, "to_numpy") else values
    listed = values.tolist() if hasattr(values, "tolist") else list(values)
    if isinstance(listed, list) and str(getattr(values, "dtype", "object")) != "object":
        return listed  # Python's own all the way down
    return [plain_list(one) if _is_several(one) else _scalar(one) for one in listed]


def confusion(probs: Any, y_true: Any, preds: Any, class_names: Sequence[str] | None) -> list[list[Any]]:
    """A row ``[actual, predicted, count]`` for each pair of classes.

    Raises:
        UsageError: the arguments do not fit each other; says how.
    """
    if (probs is None) == (preds is None):
        raise UsageError("confusion_matrix() takes either probs or preds.", "Give one of them.")
    truth = _given("confusion_matrix", "y_true", y_true)
    if preds is None:
        rows = _rows("confusion_matrix", "probs", probs, 1)
        guesses = [max(range(len(row)), key=row.__getitem__) for row in rows]
    else:
        guesses = _given("confusion_matrix", "preds", preds)
    _check_lengths("confusion_matrix", "predictions", guesses, truth)
    _check_classes("confusion_matrix", [*truth, *guesses])
    seen = sorted({*truth, *guesses})
    classes = seen if class_names is None else list(range(len(class_names)))
    names = [f"Class_{index + 1}" for index in range(len(classes))] if class_names is None else list(class_names)
    for one in seen:
        if one not in classes:
            raise UsageError(
                f"confusion_matrix() met the class {one!r}, and class_names has {len(names)} names, for the classes"
                f" 0 to {len(names) - 1}.",
                "Give numbers of classes from 0, and a name for each.",
            )
    counts = Counter(zip(truth, guesses, strict=True))
    return [
        [actual_name, guess_name, counts[actual, guess]]
        for actual, actual_name in zip(classes, names, strict=True)
        for guess, guess_name in zip(classes, names, strict=True)
    ]


def roc(
    y_true: Any, y_probas: Any, labels: Sequence[str] | None, classes_to_plot: Iterable[Any] | None
) -> list[list[Any]]:
    """Rows ``[class, false positive rate, true positive rate]`` from (0, 0) to (1, 1); NaN where no example is another.

    Raises:
        UsageError: the arguments do not fit each other; says how.
    """
    rows: list[list[Any]] = []
    for name, hits, scores in _classes("roc_curve", y_true, y_probas, labels, classes_to_plot):
        points = [(0, 0), *_corners(_counts(hits, scores))]
        others, found = points[-1]
        for false_positives, true_positives in points:
            rows.append([name, _share(false_positives, others), _share(true_positives, found)])
    return _thinned(rows)


def precision_recall(
    y_true: Any, y_probas: Any, labels: Sequence[str] | None, classes_to_plot: Iterable[Any] | None, size: int
) -> list[list[Any]]:
    """Rows ``[class, precision, recall]`` at ``size`` recalls from 1 to 0: the best precision at that recall or more.

    Raises:
        UsageError: the arguments do not fit each other; says how.
    """
    if size < 1:
        raise UsageError(f"pr_curve() was given interp_size={size}.", "Give 1 or more.")
    step = 1 / max(1, size - 1)
    wanted = [1.0 if size > 1 and index == size - 1 else index * step for index in reversed(range(size))]
    rows: list[list[Any]] = []
    for name, hits, scores in _classes("pr_curve", y_true, y_probas, labels, classes_to_plot):
        counts = _counts(hits, scores)
        found = counts[-1][1]
        recalls = [0.0, *(one / found for _, one in counts)]
        best = [one / (one + other) for other, one in counts]
        for index in reversed(range(len(best) - 1)):
            best[index] = max(best[index], best[index + 1])
        precisions = [1.0, *best]
        for recall in wanted:
            at = bisect.bisect_left(recalls, recall)
            rows.append([name, round(precisions[at], _DIGITS), round(recall, _DIGITS)])
    return _thinned(rows)


def _classes(
    function: str, y_true: Any, y_probas: Any, labels: Sequence[str] | None, wanted: Iterable[Any] | None
) -> Iterator[tuple[Any, list[bool], Sequence[float]]]:
    """Of each class its name, which examples are of it, and their probabilities."""
    truth = _given(function, "y_true", y_true)
    _check_classes(function, truth)
    classes = sorted(set(truth))
    rows = _rows(function, "y_probas", y_probas, len(classes))
    _check_lengths(function, "rows of probabilities", rows, truth)
    kept = classes if wanted is None else plain_list(wanted)
    if not set(classes).intersection(kept):
        raise UsageError(
            f"{function}() was to plot the classes {kept}, none of which is in y_true.",
            f"There are: {', '.join(map(repr, classes))}.",
        )
    for one, scores in zip(classes, zip(*rows, strict=False), strict=False):
        if one not in kept:
            continue
        name = one
        if labels is not None and isinstance(one, int):
            if not 0 <= one < len(labels):
                raise UsageError(f"{function}() met the class {one}, and there are {len(labels)} labels.")
            name = labels[one]
        yield name, [actual == one for actual in truth], scores


def _counts(hits: list[bool], scores: Sequence[float]) -> list[tuple[int, int]]:
    """How many false and how many true ones have at least a score, for each score from the highest on."""
    order = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
    counts: list[tuple[int, int]] = []
    false, true = 0, 0
    for place, index in enumerate(order):
        true, false = true + hits[index], false + (not hits[index])
        if place + 1 == len(order) or scores[order[place + 1]] != scores[index]:
            counts.append((false, true))
    return counts


def _corners(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without the points between two others of an even line."""
    if len(points) < 3:
        return points
    kept = points[:1]
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        if (point[0] - before[0], point[1] - before[1]) != (after[0] - point[0], after[1] - point[1]):
            kept.append(point)
    return [*kept, points[-1]]


def _share(count: int, of: int) -> float:
    return round(count / of, _DIGITS) if of else math.nan


def _thinned(rows: list[list[Any]]) -> list[list[Any]]:
    if len(rows) <= MOST_ROWS:
        return rows
    each = math.ceil(len(rows) / MOST_ROWS)
    ends = {0, len(rows) - 1}
    for index in range(1, len(rows)):
        if rows[index][0] != rows[index - 1][0]:
            ends |= {index - 1, index}
    return [row for index, row in enumerate(rows) if index % each == 0 or index in ends]


def _given(function: str, name: str, values: Any) -> list[Any]:
    found = [] if values is None else plain_list(values)
    if not found:
        raise UsageError(f"{function}() was given no {name}.", "Give one entry for each example.")
    return found


def _rows(function: str, name: str, values: Any, classes: int) -> list[list[float]]:
    """Of each example the probabilities of so many classes, or of more."""
    rows = _given(function, name, values)
    for row in rows:
        try:
            is_row = len(row) >= classes and not any(map(math.isnan, row))
        except TypeError:  # no row, or words in it
            is_row = False
        if not is_row:
            raise UsageError(
                f"{function}() met {row!r} in {name}, where {classes} or more numbers are needed, none of them NaN.",
                "Give a row for each example, with the probability of each class.",
            )
    return rows


def _check_classes(function: str, classes: list[Any]) -> None:
    for one in classes:
        if not isinstance(one, int | float | str):
            raise UsageError(
                f"{function}() met the class {one!r}.", "Give for each example one class: its number, or its name."
            )
    if len({isinstance(one, str) for one in classes}) > 1:
        raise UsageError(f"{function}() met both numbers and names of classes.", "Give one or the other.")


def _check_lengths(function: str, what: str, given: list[Any], truth: list[Any]) -> None:
    if len(given) != len(truth):
        raise UsageError(f"{function}() was given {len(given)} {what} for {len(truth)} examples in y_true.")


def _is_several(value: Any) -> bool:
    return getattr(value, "ndim", 0) > 0 or isinstance(value, (list, tuple, range))


def _scalar(value: Any) -> Any:
    """Of NumPy or PyTorch, as Python's own."""
    return value.item() if hasattr(value, "item") else value
