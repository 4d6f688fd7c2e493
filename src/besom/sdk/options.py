"""Arguments of W&B's ``init`` that have no effect here: accepted, so that scripts run; anything else is a mistake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WITHOUT_EFFECT = frozenset(
    {
        "allow_val_change",
        "anonymous",
        "config_exclude_keys",
        "config_include_keys",
        "force",
        "fork_from",
        "magic",
        "monitor_gym",
        "resume_from",
        "save_code",
        "settings",
        "sync_tensorboard",
        "tensorboard",
    }
)


def without_effect(given: Mapping[str, Any]) -> list[str]:
    """The names among ``given`` that ask for something besom does not do.

    Raises:
        TypeError: a name that W&B does not know either.
    """
    for name in given:
        if name not in _WITHOUT_EFFECT:
            from difflib import get_close_matches  # late: only for a message

            known = [*_WITHOUT_EFFECT, "config", "dir", "entity", "group", "id", "job_type", "mode", "name", "notes"]
            known += ["project", "reinit", "resume", "tags"]
            close = get_close_matches(name, known, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise TypeError(f"init() has no argument {name!r}{hint}")
    return [name for name, value in given.items() if value]
