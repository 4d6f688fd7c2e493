"""What a run keeps besides values: its files, code, artifacts, and what a model looks like inside."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

if TYPE_CHECKING:
    import tempfile

    from besom.sdk.artifacts import Artifact
    from besom.sdk.code import Choice
    from besom.sdk.files import Files
    from besom.sdk.log_artifact import Something
    from besom.sdk.logged_artifacts import LoggedArtifact
    from besom.sdk.run import Run
    from besom.sdk.spool import Spool
    from besom.sdk.watch import Watching, What

# What does the work is imported by the calls: most programs need none of it.


class RunFiles:
    """The part of a run that is about files."""

    _spool: Spool | None
    _files: Files | None = None
    """Made when first needed; see ``files.of``."""
    _temporary: tempfile.TemporaryDirectory[str] | None = None
    _watching: Watching | None = None

    @property
    def dir(self) -> str:
        """A folder for the program's own files, which become the run's at its end; temporary when disabled."""
        if self._spool is None:
            import tempfile

            self._temporary = self._temporary or tempfile.TemporaryDirectory(prefix="besom-")
            return self._temporary.name
        from besom.sdk import files, staging

        files.of(self._run)
        folder = self._spool.folder / staging.FILES_NAME
        folder.mkdir(exist_ok=True)
        return str(folder)

    def save(
        self,
        glob_str: str | os.PathLike[str],
        base_path: str | os.PathLike[str] | None = None,
        policy: Literal["now", "live", "end"] = "live",
    ) -> list[str]:
        """Keeps files with the run, under their names.

        Args:
            glob_str: a path or pattern, e.g. ``checkpoints/*.pt``; of a folder all files below it.
            base_path: their names begin after this folder: by default the working directory, or of an absolute pattern
                the folder that it names.
            policy: ``now``: as they are now; ``live``: also each change, within some ten seconds, and files that match
                later; ``end``: as they are at the end of the run.

        Returns:
            Where they lie in the run's folder.

        Raises:
            UsageError: a file lies outside ``base_path``, or cannot be read.
        """
        if not self._takes("save"):
            return []
        from besom.sdk.save import save

        return save(self._run, glob_str, base_path, policy)

    def log_code(
        self,
        root: str | os.PathLike[str] | None = ".",
        name: str | None = None,
        include_fn: Choice | None = None,
        exclude_fn: Choice | None = None,
    ) -> Artifact | None:
        """Logs the source files below a folder as an artifact of type ``code``. Unchanged code is sent once.

        Hidden folders, virtual environments and run folders are passed over.

        Args:
            root: the folder; the working directory by default.
            name: of the artifact; made of project and program when missing.
            include_fn: asked with each absolute path, and with the root if it takes two arguments; by default Python
                files, notebooks, ``requirements*`` and ``Dockerfile*``.
            exclude_fn: likewise; what it is true for is left out.

        Returns:
            None when there is no such file.
        """
        if not self._takes("log_code"):
            return None
        from besom.sdk.code import is_left_out, is_source, log_code

        return log_code(self._run, root, name, include_fn or is_source, exclude_fn or is_left_out)

    def log_artifact(
        self,
        artifact_or_path: Something,
        name: str | None = None,
        type: str | None = None,
        aliases: Sequence[str] | None = None,
        tags: Sequence[str] | None = None,  # noqa: ARG002  (W&B's signature)
    ) -> Artifact:
        """Makes a version of an artifact, with this run as its maker; the bytes follow in the background.

        Args:
            artifact_or_path: an artifact, or the path of a file or folder to make one of.
            name: of one made of a path; ``run-ID-FILENAME`` when missing.
            type: likewise; ``unspecified`` when missing.
            aliases: names for the version, besides ``latest``.
            tags: accepted without effect.

        Returns:
            The artifact; its ``wait()`` waits until the server has it.
        """
        self._takes("log_artifact")
        from besom.sdk.log_artifact import log_artifact

        return log_artifact(self._run, artifact_or_path, name, type, aliases)

    def use_artifact(
        self,
        artifact_or_name: Artifact | str,
        type: str | None = None,
        aliases: Sequence[str] | None = None,
        use_as: str | None = None,  # noqa: ARG002  (W&B's signature)
    ) -> LoggedArtifact:
        """A version that is on the server, e.g. to ``download()``.

        Args:
            artifact_or_name: ``[entity/][project/]name[:ALIAS or :vN]``; an artifact that is not logged yet is.
            type: what it should be.
            aliases: of an artifact that is logged now.
            use_as: accepted without effect.

        Raises:
            UsageError: the run is offline; the artifact is of another type.
            NotFound: there is none.
        """
        from besom.sdk.log_artifact import use_artifact

        return use_artifact(self._run, artifact_or_name, type, aliases)

    def link_artifact(self, artifact: Artifact, target_path: str, aliases: Sequence[str] | None = None) -> Artifact:
        """Makes a version of another artifact with the same files, e.g. of a collection of the best models."""
        from besom.sdk.log_artifact import link_artifact

        return link_artifact(self._run, artifact, target_path, aliases)

    def log_model(
        self, path: str | os.PathLike[str], name: str | None = None, aliases: Sequence[str] | None = None
    ) -> Artifact:
        """Logs a file or folder as an artifact of type ``model``; as ``log_artifact``."""
        from besom.sdk.log_artifact import log_model

        return log_model(self._run, path, name, aliases)

    def use_model(self, name: str) -> str:
        """Downloads a model; returns the path of its file, or its folder when there are several."""
        from besom.sdk.log_artifact import use_model

        return use_model(self._run, name)

    def link_model(
        self,
        path: str | os.PathLike[str],
        registered_model_name: str,
        name: str | None = None,
        aliases: Sequence[str] | None = None,
    ) -> Artifact:
        """Logs a model, and links it as ``link_artifact`` does; returns the linked one."""
        return self.link_artifact(self.log_model(path, name), registered_model_name, aliases)

    def watch(
        self,
        models: Any,
        criterion: object = None,  # noqa: ARG002  (W&B's signature)
        log: What | None = "gradients",
        log_freq: int = 1000,
        idx: int | None = None,
        log_graph: bool = False,
    ) -> None:
        """Logs histograms of a PyTorch model's gradients or parameters with the rows that the program logs.

        Args:
            models: a ``torch.nn.Module``, or a list of them.
            criterion: accepted without effect.
            log: ``gradients``, ``parameters``, ``all``, or None.
            log_freq: each so many batches.
            idx: number of the model, for the names; counted from 0 when missing.
            log_graph: must be False: graphs are not drawn.
        """
        if not self._takes("watch"):
            return
        if self._watching is None:
            from besom.sdk.watch import Watching

            self._watching = Watching(self._run)
        self._watching.add(models, log, log_freq, idx, log_graph)

    def unwatch(self, models: Any = None) -> None:
        """Ends what ``watch`` began, of these models or of all."""
        if self._watching is not None:
            self._watching.remove(models)

    @property
    def _run(self) -> Run:
        return cast("Run", self)

    def _takes(self, call: str) -> bool:
        """False in a forked process, with a warning.

        Raises:
            UsageError: the run has ended.
        """
        if self._run._closed is None:
            return True
        self._run._refuse(call)
        return False
