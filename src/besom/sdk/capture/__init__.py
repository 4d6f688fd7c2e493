"""What a run records by itself: what the program prints, the load of the machine, facts about both."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from besom.sdk.run import Run
    from besom.sdk.settings import Settings


def start(run: Run, settings: Settings) -> None:
    """Begins to record; the end of the run ends it. A disabled run records nothing."""
    if run.folder is None:
        return
    from besom.sdk import files
    from besom.sdk.capture import console
    from besom.sdk.capture.background import SECONDS, Background

    background = Background(
        run.folder,
        write=run._write,
        add_file=lambda path, data: files.add(run, path, data),
        facts=not settings.x_disable_meta,
        with_git=not settings.disable_git,
        every=None if settings.x_disable_stats else settings.x_stats_sampling_interval or SECONDS,
    )
    background.start()
    run.on_finish(background.stop)
    if stop := console.start(settings.console or "auto", run.folder, run._write):
        run.on_finish(stop)
