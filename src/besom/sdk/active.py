"""Methods of the active run, as functions: ``besom.log`` is ``besom.run.log``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from besom.sdk import current

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from besom.sdk.alerts import AlertLevel
    from besom.sdk.artifacts import Artifact
    from besom.sdk.logged_artifacts import LoggedArtifact


def log(data: Mapping[str, Any], step: int | None = None, commit: bool | None = None) -> None:
    """Logs values to the active run; see ``besom.Run.log``."""
    current.need("besom.log()").log(data, step, commit)


def finish(exit_code: int | None = None, quiet: bool | None = None) -> None:
    """Ends the active run, if there is one; see ``besom.Run.finish``."""
    active = current.run()
    if active is not None:
        active.finish(exit_code, quiet)


def define_metric(name: str, *args: Any, **options: Any) -> None:
    """Says how a metric is summarised and drawn; see ``besom.Run.define_metric``."""
    current.need("besom.define_metric()").define_metric(name, *args, **options)


def alert(
    title: str,
    text: str,
    level: str | AlertLevel | None = None,
    wait_duration: float | datetime.timedelta | None = None,
) -> None:
    """Tells people of something; see ``besom.Run.alert``."""
    current.need("besom.alert()").alert(title, text, level, wait_duration)


def mark_preempting() -> None:
    """Says that the machine will soon be taken away; see ``besom.Run.mark_preempting``."""
    current.need("besom.mark_preempting()").mark_preempting()


def log_code(*args: Any, **options: Any) -> Artifact | None:
    """Logs source files with the active run; see ``besom.Run.log_code``."""
    return current.need("besom.log_code()").log_code(*args, **options)


def save(*args: Any, **options: Any) -> list[str]:
    """Keeps files with the active run; see ``besom.Run.save``."""
    return current.need("besom.save()").save(*args, **options)


def log_artifact(*args: Any, **options: Any) -> Artifact:
    """Logs files as a version of an artifact; see ``besom.Run.log_artifact``."""
    return current.need("besom.log_artifact()").log_artifact(*args, **options)


def use_artifact(*args: Any, **options: Any) -> LoggedArtifact:
    """A version of an artifact; see ``besom.Run.use_artifact``."""
    return current.need("besom.use_artifact()").use_artifact(*args, **options)


def log_model(*args: Any, **options: Any) -> Artifact:
    """Logs a model; see ``besom.Run.log_model``."""
    return current.need("besom.log_model()").log_model(*args, **options)


def use_model(*args: Any, **options: Any) -> str:
    """Downloads a model; see ``besom.Run.use_model``."""
    return current.need("besom.use_model()").use_model(*args, **options)


def link_model(*args: Any, **options: Any) -> Artifact:
    """Logs a model, and links it; see ``besom.Run.link_model``."""
    return current.need("besom.link_model()").link_model(*args, **options)


def watch(*args: Any, **options: Any) -> None:
    """Logs histograms of a PyTorch model; see ``besom.Run.watch``."""
    current.need("besom.watch()").watch(*args, **options)


def unwatch(*args: Any, **options: Any) -> None:
    """Ends what ``besom.watch`` began."""
    current.need("besom.unwatch()").unwatch(*args, **options)
