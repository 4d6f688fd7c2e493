"""``besom.plot``: charts of tables that ``log`` takes, with the names and arguments of ``wandb.plot``.

    run.log({"roc": besom.plot.roc_curve(truth, probabilities)})

A chart is a table with a few words about how it is drawn; the run's page draws it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from besom.errors import UsageError
from besom.sdk import class_curves
from besom.sdk.class_curves import plain_list
from besom.sdk.media.base import Media, Place
from besom.sdk.media.table import Table

__all__ = [
    "CustomChart",
    "bar",
    "confusion_matrix",
    "histogram",
    "line",
    "line_series",
    "plot_table",
    "pr_curve",
    "roc_curve",
    "scatter",
    "visualize",
]


class CustomChart(Media):
    """A table, and what is drawn of it."""

    def __init__(
        self, table: Table, spec_name: str, fields: Mapping[str, Any], string_fields: Mapping[str, Any]
    ) -> None:
        self.table = table
        self.spec_name = spec_name
        """The chart, by the name that W&B gives it: ``wandb/line/v0``."""
        self.fields = {name: str(column) for name, column in fields.items() if column is not None}
        """Column by what it is to the chart, e.g. ``{"x": "step"}``."""
        self.string_fields = {name: str(text) for name, text in string_fields.items() if text is not None}
        """Texts of the chart, e.g. its title."""

    def describe(self, place: Place, key: str, step: int) -> dict[str, Any]:
        """See ``Media.describe``: the table's description, and the chart's."""
        chart = {"name": self.spec_name, "fields": self.fields, "texts": self.string_fields}
        return {**self.table.describe(place, key, step), "chart": chart}

    def __repr__(self) -> str:
        return f"<besom.plot.CustomChart {self.spec_name} of {len(self.table)} rows>"


def plot_table(
    vega_spec_name: str,
    data_table: Table,
    fields: Mapping[str, Any],
    string_fields: Mapping[str, Any] | None = None,
    split_table: bool = False,  # noqa: ARG001  (the chart's panel shows its table too)
) -> CustomChart:
    """A chart by its name.

    Args:
        vega_spec_name: ``wandb/line/v0`` and the other charts of this module; of other names the page shows the table.
        data_table: its rows.
        fields: column by what it is to the chart.
        string_fields: texts of the chart.
        split_table: accepted without effect.

    Raises:
        UsageError: ``data_table`` is no ``besom.Table``.
    """
    if not isinstance(data_table, Table):
        raise UsageError(
            f"A chart was asked for of a value of type {type(data_table).__name__}, which is no table.",
            "Give a besom.Table(columns=[...], data=[...]).",
        )
    return CustomChart(data_table, vega_spec_name, fields, string_fields or {})


def visualize(id: str, value: Table) -> CustomChart:
    """A chart by its name, whose columns have the names that it looks for."""
    return plot_table(id, value, {})


def line(
    table: Table, x: str, y: str, stroke: str | None = None, title: str = "", split_table: bool = False
) -> CustomChart:
    """A line through the rows of a table, by ``x``.

    Args:
        table: its rows.
        x, y: names of columns with numbers.
        stroke: name of a column, each of whose values has a line of its own.
        title: of the chart.
        split_table: accepted without effect: the chart's panel shows its table too.
    """
    return plot_table("wandb/line/v0", table, {"x": x, "y": y, "stroke": stroke}, {"title": title}, split_table)


def scatter(table: Table, x: str, y: str, title: str = "", split_table: bool = False) -> CustomChart:
    """A point for each row of a table. Arguments: see ``line``."""
    return plot_table("wandb/scatter/v0", table, {"x": x, "y": y}, {"title": title}, split_table)


def bar(table: Table, label: str, value: str, title: str = "", split_table: bool = False) -> CustomChart:
    """A bar for each label, as high as its value (the mean of several). Arguments: names of columns, see ``line``."""
    return plot_table("wandb/bar/v0", table, {"label": label, "value": value}, {"title": title}, split_table)


def histogram(table: Table, value: str, title: str = "", split_table: bool = False) -> CustomChart:
    """How often the numbers of the column ``value`` lie where. Other arguments: see ``line``."""
    return plot_table("wandb/histogram/v0", table, {"value": value}, {"title": title}, split_table)


def line_series(
    xs: Iterable[Any],
    ys: Iterable[Iterable[Any]],
    keys: Iterable[str] | None = None,
    title: str = "",
    xname: str = "x",
    split_table: bool = False,
) -> CustomChart:
    """A line for each list of ``ys``.

    Args:
        xs: numbers for all lines, or a list of numbers for each.
        ys: a list of numbers for each line.
        keys: names of the lines; ``line_0`` and so on when nothing says.
        title: of the chart.
        xname: of the x axis.
        split_table: accepted without effect.

    Raises:
        UsageError: there are not as many ``xs`` or ``keys`` as ``ys``, or a line is no list of numbers.
    """
    lines, places = plain_list(ys), plain_list(xs)
    if not places or not isinstance(places[0], list):
        places = [places] * len(lines)
    for one in [*lines, *places]:
        if not isinstance(one, list):
            raise UsageError(f"line_series() met {one!r} in place of a line.", "Give a list of numbers for each line.")
    names = [f"line_{index}" for index in range(len(lines))] if keys is None else [str(key) for key in keys]
    for what, given in (("lists of x values", places), ("keys", names)):
        if len(given) != len(lines):
            raise UsageError(
                f"line_series() was given {len(given)} {what} for {len(lines)} lines.", "Give one for each line."
            )
    rows = [
        [x, name, y]
        for name, place, values in zip(names, places, lines, strict=True)
        for x, y in zip(place, values, strict=False)
    ]
    columns = ["step", "lineKey", "lineVal"]
    texts = {"title": title, "xname": xname}
    table = Table(columns=columns, data=rows)
    return plot_table("wandb/lineseries/v0", table, {name: name for name in columns}, texts, split_table)


def confusion_matrix(
    probs: Any = None,
    y_true: Any = None,
    preds: Any = None,
    class_names: Sequence[str] | None = None,
    title: str = "Confusion Matrix Curve",
    split_table: bool = False,
) -> CustomChart:
    """How often each class was taken for each.

    Args:
        probs: for each example the probability of each class; or else
        preds: for each example the class that was predicted.
        y_true: for each example its class.
        class_names: of the classes 0, 1, ...; without them the classes that occur are ``Class_1`` and so on.
        title: of the chart.
        split_table: accepted without effect.

    Raises:
        UsageError: the arguments do not fit each other; says how.
    """
    rows = class_curves.confusion(probs, y_true, preds, class_names)
    columns = ["Actual", "Predicted", "nPredictions"]
    table = Table(columns=columns, data=rows)
    fields = {name: name for name in columns}
    return plot_table("wandb/confusion_matrix/v1", table, fields, {"title": title}, split_table)


def roc_curve(
    y_true: Any,
    y_probas: Any = None,
    labels: Sequence[str] | None = None,
    classes_to_plot: Iterable[Any] | None = None,
    title: str = "ROC Curve",
    split_table: bool = False,
) -> CustomChart:
    """For each class, how many of its examples are found at the price of how many others.

    Args:
        y_true: for each example its class.
        y_probas: for each example the probability of each class, in the order of the sorted classes.
        labels: names of the classes 0, 1, ...
        classes_to_plot: only these; all when nothing says.
        title: of the chart.
        split_table: accepted without effect.

    Raises:
        UsageError: the arguments do not fit each other; says how.
    """
    rows = class_curves.roc(y_true, y_probas, labels, classes_to_plot)
    fields = {"x": "fpr", "y": "tpr", "class": "class"}
    texts = {"title": title, "x-axis-title": "False positive rate", "y-axis-title": "True positive rate"}
    table = Table(columns=["class", "fpr", "tpr"], data=rows)
    return plot_table("wandb/area-under-curve/v0", table, fields, texts, split_table)


def pr_curve(
    y_true: Any = None,
    y_probas: Any = None,
    labels: Sequence[str] | None = None,
    classes_to_plot: Iterable[Any] | None = None,
    interp_size: int = 21,
    title: str = "Precision-Recall Curve",
    split_table: bool = False,
) -> CustomChart:
    """For each class, the best precision at each of ``interp_size`` recalls. Other arguments: see ``roc_curve``."""
    rows = class_curves.precision_recall(y_true, y_probas, labels, classes_to_plot, interp_size)
    fields = {"x": "recall", "y": "precision", "class": "class"}
    texts = {"title": title, "x-axis-title": "Recall", "y-axis-title": "Precision"}
    table = Table(columns=["class", "precision", "recall"], data=rows)
    return plot_table("wandb/area-under-curve/v0", table, fields, texts, split_table)
