"""Everything the APIs call, put together once per server."""

from __future__ import annotations

from besom.server.services.configs import Plans
from besom.server.services.context import Context
from besom.server.services.heartbeats import Orders
from besom.server.services.importance import Importances
from besom.server.services.part_joining import PartJoiner
from besom.server.services.polling import Polling
from besom.server.services.pools import Pools
from besom.server.services.readiness import Readiness
from besom.server.services.report_links import ReportLinks
from besom.server.services.scheduler import Scheduler
from besom.server.services.sessions import Sessions
from besom.server.services.signing import Signer
from besom.server.services.sweep_links import SweepLinks
from besom.server.store.blob_store import BlobStore, DirectStore


class Services:
    """The services that remember something between calls, and the context that all of them share."""

    def __init__(self, ctx: Context, blobs: BlobStore, direct: DirectStore | None = None) -> None:
        self.ctx = ctx
        self.blobs = blobs
        self.direct = direct
        """Where clients may send and fetch bytes past the server; None: nowhere."""
        self.plans = Plans()
        self.sessions = Sessions(ctx)
        self.signer = Signer(ctx)
        self.links = SweepLinks(ctx)
        self.report_links = ReportLinks(ctx)
        self.parts = PartJoiner(ctx, blobs)
        self.scheduler = Scheduler(ctx, self.plans)
        self.polling = Polling(ctx, self.plans, self.scheduler)
        self.pools = Pools(ctx, self.plans, self.scheduler)
        self.orders = Orders()
        self.readiness = Readiness(ctx, blobs)
        self.importances = Importances(ctx, self.plans)

    def close(self) -> None:
        """Lets long polls and event streams end, and the search's threads."""
        self.ctx.live.close()
        self.scheduler.close()
