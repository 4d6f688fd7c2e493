"""``besom.plot``, for ``from besom.plot import roc_curve`` too: see ``besom.sdk.plot``."""

from besom.sdk.plot import *  # noqa: F403
