"""A sweep's runs as search sees them, kept between suggestions: only what changed is read again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from besom.server.store import points, projects

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from besom.config import SweepConfig
    from besom.search import Trial


class Trials:
    """What is known of one sweep's runs. A memory only: an empty one reads everything again. One reader at a time.

    Every change of a run gets a version of its project that is higher than all before, and versions become visible in
    their order; so what changed after the last look has a higher one than the project had then.
    """

    def __init__(self, config: SweepConfig) -> None:
        repeated = config.repeat.parameter if config.repeat else None
        self._paths = [p.path for p in config.parameters if p.path != repeated] + ([repeated] if repeated else [])
        self._version: int | None = None
        self._learned: dict[int, Trial] = {}
        self._own: dict[int, Trial] = {}

    def __len__(self) -> int:
        return len(self._learned) + len(self._own)

    def read(self, conn: Connection, sweep: Any) -> list[Trial]:
        """All of them, those of other sweeps that this one learns from first, oldest first."""
        version = projects.version(conn, sweep.project_id)
        if self._version is not None and version < self._version:  # a standby took over that lacks what was read
            self._version, self._learned, self._own = None, {}, {}
        if version != self._version:
            since = None if self._version is None else (sweep.project_id, self._version)
            self._take(points.learned_trials(conn, sweep.id, since), self._learned)
            self._take(points.own_trials(conn, sweep.id, since), self._own)
            self._version = version
        return [*self._learned.values(), *self._own.values()]

    def _take(self, rows: list[Any], known: dict[int, Trial]) -> None:
        from besom.search import Trial, unnest

        for row in rows:
            if row.deleted is not None or row.retried_by is not None:  # of a point, its last try counts
                known.pop(row.key, None)
                continue
            known[row.key] = Trial(
                unnest(row.params, self._paths),
                "pending" if row.retry_due else row.state,
                best=row.metric_best,
                last=row.metric_last,
                worst=row.metric_worst,
                value=row.metric_value,
                id=row.id,
                prior=row.prior or known is self._learned,
            )
