"""Teams with members, invitations, names and uses of keys, keys for one sweep, closed accounts, and the audit log.

Places that all users shared until now become teams of all users that there are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds the columns and tables, and makes the teams."""
    op.add_column("users", sa.Column("disabled", sa.Double(), nullable=True))
    for name, kind in (("name", sa.Text()), ("used", sa.Double()), ("sweep_id", sa.Text()), ("parent", sa.Text())):
        op.add_column("secrets", sa.Column(name, kind, nullable=True))
    op.create_index("ix_secrets_parent", "secrets", ["parent"], unique=False)
    op.create_table(
        "teams",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_teams")),
    )
    op.create_table(
        "members",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.name"], name=op.f("fk_members_team"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_members_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team", "user_id", name=op.f("pk_members")),
    )
    op.create_index("ix_members_user_id", "members", ["user_id"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("expires", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.name"], name=op.f("fk_invitations_team"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_invitations_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_invitations")),
    )
    op.create_index("ix_invitations_team", "invitations", ["team"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("time", sa.Double(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=True),
        sa.Column("project", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_entity_id", "audit", ["entity", "id"], unique=False)
    op.execute("UPDATE secrets SET name = 'first key' WHERE kind = 'key'")
    op.execute(
        "INSERT INTO teams (name, created) SELECT entity, MIN(created) FROM projects "
        "WHERE entity NOT IN (SELECT name FROM users) GROUP BY entity"
    )
    op.execute(
        "INSERT INTO members (team, user_id, role, since) "
        "SELECT teams.name, users.id, users.role, teams.created FROM teams CROSS JOIN users"
    )
