"""SQL lives here and nowhere else: tables, migrations, queries; one file per noun."""

from besom.server.store.errors import FilterError, StoreError
from besom.server.store.store import Store

__all__ = ["FilterError", "Store", "StoreError"]
