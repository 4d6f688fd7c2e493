"""Parameter importance: which parameters a metric depends on, and in which direction. Pure."""

from besom.search.importance.columns import columns_of
from besom.search.importance.importance import (
    LEAST_RUNS,
    Method,
    ParameterImportance,
    Report,
    ValueCorrelation,
    importance,
)
from besom.search.importance.table import ABSENT, Column

__all__ = [
    "ABSENT",
    "LEAST_RUNS",
    "Column",
    "Method",
    "ParameterImportance",
    "Report",
    "ValueCorrelation",
    "columns_of",
    "importance",
]
