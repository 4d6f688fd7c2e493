"""Fixtures of the storms and plays."""

from databases import emptied, migrated, postgresql_server  # noqa: F401  fixtures
