"""REST: what parameters are worth."""

from __future__ import annotations

from typing import Annotated, Literal

from litestar import get
from litestar.params import FromPath, QueryParameter

from besom.protocol import Importance, ImportanceMethod
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.services.importance import Question

_Metric = Annotated[
    str | None, QueryParameter(description="Any number of the runs' summaries; the sweep's own metric.")
]
_Goal = Annotated[
    Literal["minimize", "maximize"] | None,
    QueryParameter(description="Which end is good; the sweep's for its own metric, else minimize."),
]
_Method = Annotated[
    ImportanceMethod,
    QueryParameter(description="A random forest, or PED-ANOVA: only what tells the best runs from the others."),
]
_Filter = Annotated[
    str | None, QueryParameter(name="filter", description="Only runs that match, in the language of lists of runs.")
]


@get("/api/v1/sweeps/{sweep_id:str}/importance", tags=["sweeps"])
async def get_sweep_importance(
    services: ServicesDep,
    caller: CallerDep,
    sweep_id: FromPath[str],
    metric: _Metric = None,
    goal: _Goal = None,
    method: _Method = "forest",
    filter_text: _Filter = None,
) -> Importance:
    """How much each parameter that the sweep searches matters to a metric, over its ended runs."""
    return await services.importances.of_sweep(caller, sweep_id, Question(metric, goal, method, filter_text))


@get("/api/v1/projects/{entity:str}/{project:str}/importance", tags=["projects"])
async def get_project_importance(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    metric: _Metric = None,
    goal: _Goal = None,
    method: _Method = "forest",
    filter_text: _Filter = None,
) -> Importance:
    """How much each key of the configurations of a project's runs matters to a metric, over the ended ones."""
    return await services.importances.of_project(caller, entity, project, Question(metric, goal, method, filter_text))


HANDLERS = [get_sweep_importance, get_project_importance]
