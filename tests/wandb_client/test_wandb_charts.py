"""Charts that a program defines for its tables: the real client's and besom's are the same for the page."""

import json
import sys
from typing import Any

from besom.protocol import Run, RunDetails, Viewer

PROGRAM = """
import wandb

truth = [0, 1, 2, 2, 1, 0, 2, 1]
probabilities = [
    [0.8, 0.1, 0.1], [0.2, 0.5, 0.3], [0.1, 0.1, 0.8], [0.3, 0.4, 0.3],
    [0.1, 0.7, 0.2], [0.4, 0.5, 0.1], [0.2, 0.2, 0.6], [0.5, 0.3, 0.2],
]
names = ["ant", "bee", "cat"]
rows = [[0, 1.5, "a"], [1, 2.5, "a"], [0, 3.5, "b"]]
table = lambda: wandb.Table(columns=["step", "height", "who"], data=rows)
run = wandb.init(project="charts", id=RUN)
run.log({
    "line": wandb.plot.line(table(), "step", "height", stroke="who", title="Lines"),
    "scatter": wandb.plot.scatter(table(), "step", "height", title="Points", split_table=True),
    "bar": wandb.plot.bar(table(), "who", "height", title="Bars"),
    "histogram": wandb.plot.histogram(table(), "height", title="Heights"),
    "series": wandb.plot.line_series([0, 1], [[1, 2], [3, 4]], keys=["x", "y"], title="Series", xname="epoch"),
    "confusion": wandb.plot.confusion_matrix(y_true=truth, probs=probabilities, class_names=names, title="Confused"),
    "roc": wandb.plot.roc_curve(truth, probabilities, labels=names),
    "pr": wandb.plot.pr_curve(truth, probabilities, labels=names, classes_to_plot=[0, 2]),
    "own": wandb.plot_table("me/own", table(), {"x": "step"}, {"title": "Mine"}),
})
run.finish()
"""


def charts(connection, run: str) -> dict[str, Any]:
    """By its title: name, columns and texts of each chart, and the rows of its table."""
    entity = connection.request("GET", "/viewer", reply=Viewer).entity
    place = f"/projects/{entity}/charts/runs/{run}"
    details = connection.request("GET", f"{place}/details", reply=RunDetails)
    found = {}
    for key, value in connection.request("GET", place, reply=Run).summary.items():
        if not isinstance(value, dict) or value.get("_type") != "table-file":
            continue
        known = details.charts.get(key)
        chart = value["chart"] if known is None else {"name": known.name, "fields": known.fields, "texts": known.texts}
        with connection.open(f"{place}/files/{value['path']}") as answer:
            table = json.loads(answer.read())
        found[chart["texts"]["title"]] = (chart, table["columns"], table["data"])
    return found


def test_a_program_has_the_same_charts_with_either_client(user, connection):
    user.python(PROGRAM.replace("RUN", "'real'"))
    user.run(sys.executable, "-c", PROGRAM.replace("RUN", "'own'").replace("import wandb", "import besom as wandb"))
    real, own = charts(connection, "real"), charts(connection, "own")
    titles = ["Bars", "Confused", "Heights", "Lines", "Mine", "Points", "Precision-Recall Curve", "ROC Curve", "Series"]
    assert sorted(real) == titles
    assert own == real
