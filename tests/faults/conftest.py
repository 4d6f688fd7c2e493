"""Fixtures of the storms and plays."""

from databases import emptied, migrated, migrated_file, postgresql_server  # noqa: F401  fixtures
