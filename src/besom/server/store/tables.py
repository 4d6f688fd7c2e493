"""The tables, the same for SQLite and PostgreSQL. Everything hangs from a project, so that a project can be a shard."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)

from besom.server.store.text_kinds import Address, Prose, Said, Sentence, Source, Title, Word

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives row ids only to a column declared INTEGER; PostgreSQL wants 64 bits said.
Key = BigInteger().with_variant(Integer, "sqlite")
# Not JSONB on PostgreSQL: that forgets the order of keys, which is the order of a sweep's parameters, and turns 1e16
# into an integer.
Json = JSON(none_as_null=True)


def _cascade(target: str) -> ForeignKey:
    return ForeignKey(target, ondelete="CASCADE")


users = Table(
    "users",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", Word, nullable=False, unique=True),
    Column("role", Word, nullable=False),
    Column("created", Double, nullable=False),
    Column("disabled", Double),  # since when the account is closed
)

# A place in which several users work. Its name and those of users are different: both stand for places.
teams = Table(
    "teams",
    metadata,
    Column("name", Word, primary_key=True),
    Column("created", Double, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("team", Word, _cascade("teams.name"), primary_key=True),
    Column("user_id", Key, _cascade("users.id"), primary_key=True, index=True),
    Column("role", Word, nullable=False),  # viewer | member | admin
    Column("since", Double, nullable=False),
)

# Links by which one person joins a team, until somebody does. Only the hash of the secret is kept.
invitations = Table(
    "invitations",
    metadata,
    Column("hash", Word, primary_key=True),
    Column("team", Word, _cascade("teams.name"), nullable=False, index=True),
    Column("role", Word, nullable=False),
    Column("user_id", Key, _cascade("users.id"), nullable=False),  # who invites
    Column("created", Double, nullable=False),
    Column("expires", Double, nullable=False),
)

# Who did what. Names, not keys of other tables: it tells of what is gone.
audit = Table(
    "audit",
    metadata,
    Column("id", Key, primary_key=True),
    Column("time", Double, nullable=False),
    Column("actor", Said, nullable=False),
    Column("key", Word),  # name of the key that was used
    Column("action", Word, nullable=False),
    Column("entity", Word),
    Column("project", Word),
    Column("subject", Said, nullable=False),
    Column("detail", Sentence, nullable=False),
    Column("address", Said),  # of the client
    Index("ix_audit_entity_id", "entity", "id"),
)

# Only hashes of secrets are kept: API keys, browser sessions, and the one-time tickets that start a session.
secrets = Table(
    "secrets",
    metadata,
    Column("hash", Word, primary_key=True),
    Column("kind", Word, nullable=False),  # key | session | ticket
    Column("user_id", Key, _cascade("users.id"), nullable=False, index=True),
    Column("created", Double, nullable=False),
    Column("expires", Double),
    Column("name", Word),  # of a key
    Column("used", Double),  # when a key was used last
    Column("sweep_id", Word),  # the only sweep that a service key is for; of no use once that is gone
    Column("parent", Word, index=True),  # hash of the key with which a session or its ticket was made
    Column("reads_artifacts", Boolean, nullable=False, server_default=text("false")),  # a service key, of its project
)

# What the servers of one database sign with; drawn by the first of them.
shared_secrets = Table(
    "shared_secrets",
    metadata,
    Column("purpose", Word, primary_key=True),
    Column("secret", Word, nullable=False),
    Column("created", Double, nullable=False),
)

projects = Table(
    "projects",
    metadata,
    Column("id", Key, primary_key=True),
    Column("entity", Word, nullable=False),
    Column("name", Word, nullable=False),
    Column("created", Double, nullable=False),
    Column("last_activity", Double, nullable=False),
    # Counts changes. Taking the next number locks this row until commit, so numbers become visible in order.
    Column("version", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("entity", "name"),
)

sweeps = Table(
    "sweeps",
    metadata,
    Column("id", Word, primary_key=True),
    Column("project_id", Key, _cascade("projects.id"), nullable=False, index=True),
    Column("display_name", Title),
    Column("description", Prose),
    Column("state", Word, nullable=False),
    Column("state_reason", Sentence, nullable=False, server_default=""),
    Column("config", Json, nullable=False),
    Column("text", Source, nullable=False),
    Column("seed", BigInteger, nullable=False),  # the configuration's, or drawn once at creation
    Column("creator", Word, nullable=False),
    Column("created", Double, nullable=False),
    Column("updated", Double, nullable=False),
    Column("expected_runs", BigInteger),
    Column("code", Json),  # source files that it was created with
    Column("suggested", BigInteger, nullable=False, server_default="0"),  # points handed out; a grid's next place
    Column("runs_made", BigInteger, nullable=False, server_default="0"),  # also those deleted since; prior ones not
    # How long it has been RUNNING: before the present time, and since when it is now.
    Column("active_seconds", Double, nullable=False, server_default="0"),
    Column("active_since", Double),
    Column("version", BigInteger, nullable=False),
)

# A sweep's configurations, the newest of which it has now; the one it was created with is number 1.
sweep_versions = Table(
    "sweep_versions",
    metadata,
    Column("sweep_id", Word, _cascade("sweeps.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("text", Source, nullable=False),
    Column("config", Json, nullable=False),
    Column("creator", Word, nullable=False),
    Column("created", Double, nullable=False),
)

# Lets whoever has the link read the sweep. The link's secret is made of the nonce, which alone opens nothing.
sweep_links = Table(
    "sweep_links",
    metadata,
    Column("sweep_id", Word, _cascade("sweeps.id"), primary_key=True),
    Column("nonce", Word, nullable=False),
    Column("user_id", Key, _cascade("users.id"), nullable=False),  # who switched it on
    Column("created", Double, nullable=False),
)

document_links = Table(
    "document_links",
    metadata,
    Column("document_id", Word, _cascade("documents.id"), primary_key=True),
    Column("nonce", Word, nullable=False),
    Column("user_id", Key, _cascade("users.id"), nullable=False),  # who switched it on
    Column("created", Double, nullable=False),
)

agents = Table(
    "agents",
    metadata,
    Column("id", Word, primary_key=True),
    Column("sweep_id", Word, _cascade("sweeps.id"), nullable=False, index=True),
    Column("name", Said, nullable=False),
    Column("host", Said, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("state", Word, nullable=False),  # running | gone
    Column("slots", Integer, nullable=False, server_default="1"),  # runs at the same time
    Column("gpus", Json, nullable=False, server_default="[]"),
    # Of agents that say nothing of themselves and only ask what to do; NULL for all others.
    Column("calls_functions", Boolean),
    Column("polled", Json),  # what is remembered of such an agent from one request to the next
    Column("created", Double, nullable=False),
    Column("heartbeat", Double, nullable=False),
    Column("quarantined", Double),  # since when it gets no runs, because its runs broke where others did not
    Column("quarantine_reason", Sentence, nullable=False, server_default=""),
    Column("pool", Word, index=True),  # of those that work for all sweeps of a project: they are an agent in each
    Column("released", Double),  # when somebody gave it another chance: what broke before does not count
)

runs = Table(
    "runs",
    metadata,
    Column("key", Key, primary_key=True),
    Column("project_id", Key, _cascade("projects.id"), nullable=False),
    Column("id", Word, nullable=False),  # unique in the project, also after deletion
    Column("sweep_id", Word, _cascade("sweeps.id")),
    Column("agent_id", Word, ForeignKey("agents.id", ondelete="SET NULL")),
    Column("hand_out", Integer, nullable=False, server_default="0"),  # how often it was given to an agent
    Column("name", Word, nullable=False),
    Column("state", Word, nullable=False),
    Column("reason", Sentence, nullable=False, server_default=""),
    # The point that was handed out.
    Column("params", Json),
    Column("point_hash", Word),  # without the parameter that tells repeats apart
    Column("round", Integer, nullable=False, server_default="0"),  # how many runs of the same point came before
    Column("point_index", BigInteger),  # place in the walk of a grid: its size * round + the number of the point
    Column("why", Json),  # how the sweep came to it; NULL for what it did not hand out
    Column("prior", Boolean, nullable=False, server_default=text("false")),  # there before its sweep, and taken over
    # Tries of one point are a chain of runs: the point belongs to the last of them.
    Column("attempt", Integer, nullable=False, server_default="1"),
    Column("retry_of", Word),  # id of the run that it tries again
    Column("retried_by", Word),  # id of the run that tries it again, and has its point
    Column("retry_due", Boolean, nullable=False, server_default=text("false")),  # it broke, and is to be tried again
    Column("retry_held", Boolean, nullable=False, server_default=text("false")),  # but its process may not be over yet
    Column("counted", Boolean, nullable=False, server_default=text("false")),  # an earlier try has reported something
    # What the program reports.
    Column("config", Json, nullable=False),
    Column("summary", Json, nullable=False),
    Column("part", Integer, nullable=False, server_default="0"),  # of its newest spool; 0: no process has begun it
    Column("aggregated", Boolean, nullable=False, server_default=text("false")),  # metrics are defined with aggregates
    Column("steps", BigInteger, nullable=False, server_default="0"),  # history rows
    Column("exit_code", Integer),  # of the exit record, then of the process
    # The sweep's metric, as search and early stopping want it.
    Column("metric_count", BigInteger, nullable=False, server_default="0"),
    Column("metric_best", Double),
    Column("metric_worst", Double),
    Column("metric_last", Double),
    Column("metric_tail", Json),  # the newest values, as many as ``metric.use`` averages
    Column("metric_value", Double),  # the number that the run counts with, as ``metric.use`` says
    # Life.
    Column("claimed", Boolean, nullable=False, server_default=text("false")),  # its program called init
    Column("stop_reason", Sentence),  # set: the run was told to end
    Column("stop_kill", Boolean, nullable=False, server_default=text("false")),
    Column("stopped", Json),  # the decision of early stopping that ended it
    Column("created", Double, nullable=False),
    Column("started", Double),
    Column("heartbeat", Double),
    Column("ended", Double),
    Column("idle", Double, nullable=False, server_default="0"),  # seconds in which it waited for an agent
    Column("gpus", Double),  # that its agent gave it; NULL where none are told
    Column("deleted", Double),
    Column("forgotten", Boolean, nullable=False, server_default=text("false")),  # deleted, and its data are gone too
    Column("version", BigInteger, nullable=False),
    # About it.
    Column("creator", Word),  # whose key its first process had; NULL until it has begun
    Column("host", Said),
    Column("program", Said),
    Column("python", Said),
    Column("tags", Json, nullable=False),
    Column("notes", Prose),
    Column("run_group", Word),
    Column("job_type", Word),
    UniqueConstraint("project_id", "id"),
    Index("ix_runs_project_id_version", "project_id", "version"),
    Index("ix_runs_sweep_id_state", "sweep_id", "state"),
    Index("ix_runs_agent_id_state", "agent_id", "state"),
)

# Runs that were moved to another project. Where one was, a row of ``runs`` that is deleted and forgotten keeps its id.
moved_runs = Table(
    "moved_runs",
    metadata,
    Column("note_key", Key, _cascade("runs.key"), primary_key=True),  # that row
    Column("run_key", Key, _cascade("runs.key"), nullable=False, index=True),
)

# Each process that logs to a run has a spool of its own; they are counted from 1, in the order of their first claims.
spools = Table(
    "spools",
    metadata,
    Column("run_key", Key, _cascade("runs.key"), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("id", Word, nullable=False),  # as the process drew it
    Column("offset", BigInteger, nullable=False, server_default="0"),  # bytes that are stored
    # Of clients that number what they send: numbers that they have passed over.
    Column("rows_missed", BigInteger, nullable=False, server_default="0"),
    Column("samples_missed", BigInteger, nullable=False, server_default="0"),
    # Of several processes that log at the same time, each numbers what it sends: how much of it is there.
    Column("rows", BigInteger),
    Column("samples", BigInteger),
    UniqueConstraint("run_key", "id"),
)

# What only the page of one run needs.
run_details = Table(
    "run_details",
    metadata,
    Column("run_key", Key, _cascade("runs.key"), primary_key=True),
    Column("about", Json, nullable=False),
    Column("metrics", Json, nullable=False),  # what define_metric() said, by name
    Column("aggregates", Json, nullable=False),  # state of the minima, means, ... by key
    Column("client", Json),  # what the program's client keeps with the run for itself, as it sent it
)

# What the program printed: zstd-compressed JSON. A bucket holds as many lines as ``store.output`` says, so that a line
# that is printed anew, as progress bars do, replaces the old one in its place.
output = Table(
    "output",
    metadata,
    Column("run_key", Key, _cascade("runs.key"), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("bucket", BigInteger, primary_key=True),
    Column("end", BigInteger, nullable=False),  # number after its last line
    Column("data", LargeBinary, nullable=False),
)

# Load of machine and process: zstd-compressed JSON lines, so many samples to a bucket.
samples = Table(
    "samples",
    metadata,
    Column("run_key", Key, _cascade("runs.key"), primary_key=True),
    Column("bucket", Integer, primary_key=True),
    Column("sample_count", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

# The promise that nothing runs twice, kept by the database: one living run per handed-out point and round.
Index(
    "uq_runs_point",
    runs.c.sweep_id,
    runs.c.point_hash,
    runs.c.round,
    unique=True,
    sqlite_where=text("deleted IS NULL AND point_hash IS NOT NULL"),
    postgresql_where=text("deleted IS NULL AND point_hash IS NOT NULL"),
)

# A project's runs, and a sweep's, by age and by what they count with, from either end, and how many there are. With an
# index by key beside these, SQLite would take that one and sort.
for _owner in ("project_id", "sweep_id"):
    for _order in ("created", "metric_value"):
        Index(
            f"ix_runs_{_owner}_{_order}",
            runs.c[_owner],
            runs.c[_order],
            runs.c.key,
            sqlite_where=text("deleted IS NULL"),
            postgresql_where=text("deleted IS NULL"),
        )

# What a view of a sweep tells of its runs, without a look at thousands of wide rows. No index of runs knows their
# heartbeats: PostgreSQL would note each in all of them.
for _name, _columns, _where in (
    ("living", ("state",), "deleted IS NULL AND ended IS NULL"),
    ("ended", ("state", "deleted", "ended", "started"), "deleted IS NULL AND ended IS NOT NULL"),
    ("stopped", ("state",), "deleted IS NULL AND stopped IS NOT NULL"),
    ("retry_due", (), "deleted IS NULL AND retry_due"),
):
    Index(
        f"ix_runs_sweep_id_{_name}",
        runs.c.sweep_id,
        *(runs.c[column] for column in _columns),
        sqlite_where=text(_where),
        postgresql_where=text(_where),
    )

# How many runs of a project are at work, which are few however many it has.
Index(
    "ix_runs_project_id_living",
    runs.c.project_id,
    runs.c.state,
    sqlite_where=text("deleted IS NULL AND ended IS NULL"),
    postgresql_where=text("deleted IS NULL AND ended IS NULL"),
)

# Places in the walk of a grid that are free again because their run was deleted.
freed_points = Table(
    "freed_points",
    metadata,
    Column("sweep_id", Word, _cascade("sweeps.id"), primary_key=True),
    Column("point_index", BigInteger, primary_key=True),
)

# The metric's value at each early-stopping bracket that a run has reached.
brackets = Table(
    "brackets",
    metadata,
    Column("run_key", Key, _cascade("runs.key"), primary_key=True),
    Column("position", Integer, primary_key=True),  # counts the finite values of the metric, from 1
    Column("sweep_id", Word, _cascade("sweeps.id"), nullable=False),
    Column("value", Double, nullable=False),
    Index("ix_brackets_sweep_id_position_value", "sweep_id", "position", "value"),
)

events = Table(
    "events",
    metadata,
    Column("id", Key, primary_key=True),
    Column("project_id", Key, _cascade("projects.id"), nullable=False),
    Column("sweep_id", Word, index=True),
    Column("run_id", Word),
    Column("agent_id", Word),
    Column("time", Double, nullable=False),
    Column("kind", Word, nullable=False),
    Column("actor", Word, nullable=False),
    Column("reason", Sentence, nullable=False),
    Column("level", Word),  # of an alert
    Index("ix_events_project_id_run_id", "project_id", "run_id"),
)

# History, as it came: the rows of one stream request, zstd-compressed JSON lines.
segments = Table(
    "segments",
    metadata,
    Column("run_key", Key, _cascade("runs.key"), primary_key=True),
    Column("first_row", BigInteger, primary_key=True),
    Column("row_count", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

# History, compacted: consecutive rows of a run. The block says when each row was logged and which keys it had,
# its chunks hold the values, one chunk per key.
blocks = Table(
    "blocks",
    metadata,
    Column("run_key", Key, _cascade("runs.key"), primary_key=True),
    Column("first_row", BigInteger, primary_key=True),
    Column("row_count", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

chunks = Table(
    "chunks",
    metadata,
    Column("run_key", Key, _cascade("runs.key"), primary_key=True),
    Column("metric", Word, primary_key=True),
    Column("first_row", BigInteger, primary_key=True),  # of the block
    # Of the values that are numbers. NaN counts, but is neither minimum nor maximum.
    Column("number_count", Integer, nullable=False),
    Column("first_step", BigInteger),
    Column("last_step", BigInteger),
    Column("minimum", Double),
    Column("minimum_step", BigInteger),
    Column("maximum", Double),
    Column("maximum_step", BigInteger),
    Column("data", LargeBinary, nullable=False),
)

# Runs of other sweeps that a sweep learns from: what they mean to it, told when it was created.
borrowed_runs = Table(
    "borrowed_runs",
    metadata,
    Column("sweep_id", Word, _cascade("sweeps.id"), primary_key=True),
    Column("run_key", Key, _cascade("runs.key"), primary_key=True, index=True),
    Column("params", Json),
    Column("point_hash", Word),
    Column("metric_best", Double),
    Column("metric_worst", Double),
    Column("metric_last", Double),
    Column("metric_value", Double),
    Index("ix_borrowed_runs_sweep_id_point_hash", "sweep_id", "point_hash"),
)

# Bytes that a project has; they lie in a folder, by their SHA-256.
blobs = Table(
    "blobs",
    metadata,
    Column("project_id", Key, _cascade("projects.id"), primary_key=True),
    Column("digest", Word, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("touched", Double, nullable=False, index=True),  # when somebody sent it, or asked whether it is there
    Column("md5", Word),  # hexadecimal; some clients know bytes by it
    Index("ix_blobs_project_id_md5", "project_id", "md5"),
)

# Blobs that no project has any more, and whose bytes are being deleted, or could not be. Also those that a client may
# put straight into an object store: their time is still to come, and then they are deleted, unless they were told of.
removed_blobs = Table(
    "removed_blobs",
    metadata,
    Column("project_id", Key, _cascade("projects.id"), primary_key=True),
    Column("digest", Word, primary_key=True),
    Column("since", Double, nullable=False),  # when somebody set about it last
)

# Names for bytes: they may arrive earlier or later.
run_files = Table(
    "run_files",
    metadata,
    Column("run_key", Key, _cascade("runs.key"), primary_key=True),
    Column("path", Word, primary_key=True),
    Column("digest", Word, nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
    Column("created", Double, nullable=False),
)

# A deleted version leaves its row, without files, so that its number is not given to another one.
artifacts = Table(
    "artifacts",
    metadata,
    Column("id", Key, primary_key=True),
    Column("project_id", Key, _cascade("projects.id"), nullable=False),
    Column("name", Word, nullable=False),
    Column("version", Integer, nullable=False),
    Column("type", Word, nullable=False),
    Column("digest", Word, nullable=False),  # of paths and digests of its files
    Column("client_digest", Word),  # the same in the terms of the client that sent it, if it has its own
    Column("description", Prose),
    Column("metadata", Json, nullable=False),
    Column("tags", Json, nullable=False, server_default="[]"),
    Column("size", BigInteger, nullable=False),
    Column("run_key", Key, ForeignKey("runs.key", ondelete="SET NULL"), index=True),  # that made it first
    Column("history_step", BigInteger),  # of that run, when it was logged; as its client counts
    Column("ttl", BigInteger),  # seconds; then it is deleted
    Column("created", Double, nullable=False),
    Column("deleted", Double),
    UniqueConstraint("project_id", "name", "version"),
)

artifact_files = Table(
    "artifact_files",
    metadata,
    Column("artifact_id", Key, _cascade("artifacts.id"), primary_key=True),
    Column("path", Word, primary_key=True),
    Column("digest", Word, nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
)

# What is said of all versions of a name together, where anything is.
artifact_collections = Table(
    "artifact_collections",
    metadata,
    Column("project_id", Key, _cascade("projects.id"), primary_key=True),
    Column("name", Word, primary_key=True),
    Column("description", Prose),
    Column("tags", Json, nullable=False),
)

# Besides ``latest``, which is always the newest version.
artifact_aliases = Table(
    "artifact_aliases",
    metadata,
    Column("project_id", Key, _cascade("projects.id"), primary_key=True),
    Column("name", Word, primary_key=True),
    Column("alias", Word, primary_key=True),
    Column("artifact_id", Key, _cascade("artifacts.id"), nullable=False, index=True),
)

# Files of a version that lie elsewhere: their addresses.
artifact_references = Table(
    "artifact_references",
    metadata,
    Column("artifact_id", Key, _cascade("artifacts.id"), primary_key=True),
    Column("path", Word, primary_key=True),
    Column("uri", Address, nullable=False),
    Column("digest", Address, nullable=False),  # as its maker knows the bytes: an ETag, a checksum, the address again
    Column("size", BigInteger),
    Column("extra", Json, nullable=False, server_default="{}"),  # what its maker noted for fetching it
)

# Which versions a run used, and which it logged; several runs may log the same one.
run_artifacts = Table(
    "run_artifacts",
    metadata,
    Column("run_key", Key, _cascade("runs.key"), primary_key=True),
    Column("artifact_id", Key, _cascade("artifacts.id"), primary_key=True, index=True),
    Column("role", Word, primary_key=True),  # input | output
    Column("created", Double, nullable=False),
)

# Versions on their way: a client announces one, sends files and manifests, and commits it. The row stays afterwards,
# for the client goes on to call the version by the id that the draft had.
artifact_drafts = Table(
    "artifact_drafts",
    metadata,
    Column("id", Key, primary_key=True),
    Column("project_id", Key, _cascade("projects.id"), nullable=False),
    Column("name", Word, nullable=False),
    Column("type", Word, nullable=False),
    Column("digest", Word, nullable=False),  # as the client computes it
    Column("client_id", Word, index=True),  # drawn by the client
    Column("shared_id", Word),  # several processes that give the same one send one version together
    Column("description", Prose),
    Column("metadata", Json, nullable=False),
    Column("tags", Json, nullable=False),
    Column("aliases", Json, nullable=False),
    Column("history_step", BigInteger),
    Column("ttl", BigInteger),
    Column("run_key", Key, ForeignKey("runs.key", ondelete="SET NULL"), index=True),
    Column("artifact_id", Key, _cascade("artifacts.id"), index=True),  # what became of it
    Column("created", Double, nullable=False),
    Index("ix_artifact_drafts_project_id_name_digest", "project_id", "name", "digest"),
)

# Lists of a draft's files. Several are joined, the later over the earlier.
draft_manifests = Table(
    "draft_manifests",
    metadata,
    Column("id", Key, primary_key=True),
    Column("draft_id", Key, _cascade("artifact_drafts.id"), nullable=False),
    Column("sender", Word, nullable=False),  # the run that sends it; each sends one
    Column("base_id", Key, ForeignKey("artifacts.id", ondelete="SET NULL"), index=True),  # whose files it adds to
    Column("digest", Word),  # of the bytes, once they have arrived
    UniqueConstraint("draft_id", "sender"),
)

# What people write and arrange on the page of a project: its saved views and reports.
documents = Table(
    "documents",
    metadata,
    Column("id", Word, primary_key=True),
    Column("project_id", Key, _cascade("projects.id"), nullable=False, index=True),
    Column("kind", Word, nullable=False),  # view | report
    Column("title", Title, nullable=False),
    Column("content", Json, nullable=False),
    Column("version", Integer, nullable=False),  # counts its changes, from 1
    Column("creator", Word, nullable=False),
    Column("created", Double, nullable=False),
    Column("editor", Word, nullable=False),  # who changed it last
    Column("updated", Double, nullable=False),
)

# Agents of whole projects that have said goodbye a short while ago: a request of theirs that still waits gets no run.
departed = Table(
    "departed",
    metadata,
    Column("project_id", Key, _cascade("projects.id"), primary_key=True, autoincrement=False),
    Column("pool", Word, primary_key=True),
    Column("time", Double, nullable=False),
)

# What the servers of a database tell each other; a row lives for some minutes.
notices = Table(
    "notices",
    metadata,
    Column("id", Key, primary_key=True),
    Column("time", Double, nullable=False),
    Column("sender", Word, nullable=False),  # the server that wrote it
    Column("body", Json, nullable=False),
)

# What any one of the servers of a database does, and when one of them did it last.
duties = Table(
    "duties",
    metadata,
    Column("name", Word, primary_key=True),
    Column("done", Double, nullable=False),
)
