"""REST: configurations of sweeps as text, before there is a sweep."""

from __future__ import annotations

from litestar import post
from litestar.params import FromPath, JSONBody

from besom.protocol import ConfigCheck, ConfigText, GuessedConfig, RunSelection
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.services import config_check, config_guess


@post("/api/v1/configs/check", status_code=200, tags=["sweeps"])
async def check_config(data: JSONBody[ConfigText]) -> ConfigCheck:
    """What is wrong with a configuration, and what it would do. Stores nothing."""
    return await config_check.check_text(data)


@post("/api/v1/projects/{entity:str}/{project:str}/sweeps/guess", status_code=200, tags=["sweeps"])
async def guess_config(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    data: JSONBody[RunSelection],
) -> GuessedConfig:
    """A configuration guessed from runs of the project: their parameters, ranges, metric and program."""
    return await config_guess.guess_config(services.ctx, caller, entity, project, data)


HANDLERS = [check_config, guess_config]
