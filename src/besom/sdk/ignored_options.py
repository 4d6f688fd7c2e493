"""Arguments of W&B's ``init`` and settings that have no effect here: accepted, so that scripts run."""

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
        "sync_tensorboard",
        "tensorboard",
    }
)

SETTINGS_WITHOUT_EFFECT = frozenset(
    {
        "allow_media_symlink",
        "allow_offline_artifacts",
        "allow_val_change",
        "anonymous",
        "app_url",
        "azure_account_url_to_access_key",
        "colab_url",
        "credentials_file",
        "custom_proxies",
        "deployment",
        "disable_code",
        "disable_job_creation",
        "docker",
        "email",
        "files_dir",
        "fork_from",
        "git_commit",
        "git_commit_url",
        "git_remote",
        "git_remote_url",
        "git_root",
        "heartbeat_seconds",
        "http_proxy",
        "https_proxy",
        "identity_token_file",
        "ignore_globs",
        "insecure_disable_ssl",
        "job_name",
        "job_source",
        "jupyter",
        "label_disable",
        "launch",
        "launch_config_path",
        "login_timeout",
        "max_end_of_run_history_metrics",
        "max_end_of_run_summary_metrics",
        "notebook_name",
        "organization",
        "program_abspath",
        "program_relpath",
        "project_url",
        "relogin",
        "resume_fname",
        "resume_from",
        "resumed",
        "run_mode",
        "run_url",
        "settings_system",
        "settings_workspace",
        "show_colors",
        "show_emoji",
        "show_errors",
        "show_info",
        "show_warnings",
        "start_method",
        "strict",
        "summary_errors",
        "summary_timeout",
        "summary_warnings",
        "sweep_id",
        "sweep_param_path",
        "symlink",
        "sync_tensorboard",
        "table_raise_on_max_row_limit_exceeded",
        "username",
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
            known += ["project", "reinit", "resume", "save_code", "settings", "tags"]
            close = get_close_matches(name, known, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise TypeError(f"init() has no argument {name!r}{hint}")
    return [name for name, value in given.items() if value]
