"""``run.save``, ``run.dir`` and media: what becomes a file of the run."""

from __future__ import annotations

import hashlib
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import besom
from besom.errors import BesomError, UsageError
from besom.protocol import FileRecord, HistoryRecord, SpoolRecord
from besom.sdk import files, staging

pytestmark = pytest.mark.usefixtures("offline", "quiet_runs")

Records = Callable[[], list[SpoolRecord]]
Files = Callable[[], dict[str, bytes]]


@pytest.fixture
def quiet_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Runs that capture nothing by themselves, in a folder of the test's."""
    monkeypatch.setenv("BESOM_CONSOLE", "off")
    monkeypatch.setenv("BESOM_DISABLE_META", "true")
    monkeypatch.setenv("BESOM_DISABLE_STATS", "true")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def announced(records: Records, tmp_path: Path) -> Files:
    """Bytes of the run's files by path, as the latest records name them; each checked against its digest."""

    def read() -> dict[str, bytes]:
        (folder,) = tmp_path.glob("besom/run-*")
        latest = {record.path: record for record in records() if isinstance(record, FileRecord)}
        found = {}
        for path, record in latest.items():
            data = (folder / "files" / path).read_bytes()
            assert (hashlib.sha256(data).hexdigest(), len(data)) == (record.digest, record.size)
            found[path] = data
        return found

    return read


def rows(records: list[SpoolRecord]) -> list[dict[str, Any]]:
    return [record.data for record in records if isinstance(record, HistoryRecord)]


def test_the_folder_of_a_run_is_the_users_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with besom.init(project="p") as run:
            run.log({"loss": 1.0})
    finally:
        os.umask(before)
    (folder,) = tmp_path.glob("besom/run-*")
    assert [path.stat().st_mode & 0o077 for path in (folder, folder / "spool.jsonl")] == [0, 0]


# Saving


def test_a_saved_file_is_announced_by_its_digest_and_lies_in_the_runs_folder(announced: Files, tmp_path: Path) -> None:
    (tmp_path / "model.txt").write_text("weights")
    with besom.init() as run:
        saved = run.save("model.txt")
        assert saved == [os.path.join(run.dir, "model.txt")]
        assert announced() == {"model.txt": b"weights"}


def test_a_pattern_saves_all_that_match_under_their_relative_paths(announced: Files, tmp_path: Path) -> None:
    for name in ("a/1.pt", "a/b/2.pt", "a/3.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    with besom.init() as run:
        run.save("a/**/*.pt", policy="now")
    assert set(announced()) == {"a/1.pt", "a/b/2.pt"}


def test_a_folder_saves_all_below_it(announced: Files, tmp_path: Path) -> None:
    (tmp_path / "out" / "deep").mkdir(parents=True)
    (tmp_path / "out" / "deep" / "x").write_text("x")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "y").write_text("y")
    (tmp_path / "out" / "link").symlink_to(tmp_path / "elsewhere")  # to a folder: not followed
    (tmp_path / "out" / "y").symlink_to(tmp_path / "elsewhere" / "y")  # to a file: its bytes
    with besom.init() as run:
        run.save("out")
    assert announced() == {"out/deep/x": b"x", "out/y": b"y"}
    (folder,) = tmp_path.glob("besom/run-*")
    assert not (folder / "files" / "out" / "y").is_symlink()


@pytest.mark.parametrize("pattern", ["*", ".", "**/*", "**"])
def test_a_pattern_for_everything_passes_over_the_folders_of_runs(
    announced: Files, tmp_path: Path, pattern: str
) -> None:
    (tmp_path / "x").write_text("x")
    with besom.init() as run:
        run.save(pattern)
    assert announced() == {"x": b"x"}


@pytest.mark.parametrize("policy", ["now", "live", "end"])
def test_a_name_that_no_file_has_is_told_of_once(capsys: Any, policy: Any) -> None:
    with besom.init() as run:
        run.save("missing.txt", policy=policy)
    assert capsys.readouterr().err.count("missing.txt") == 1


def test_an_empty_name_is_refused() -> None:
    with besom.init() as run, pytest.raises(UsageError, match="empty name"):
        run.save("")


def test_base_path_says_where_names_begin(announced: Files, tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "x").write_text("x")
    with besom.init() as run:
        run.save("a/b/x", base_path="a")
        run.save(tmp_path / "a" / "b" / "x")
    assert set(announced()) == {"b/x", "x"}


@pytest.mark.parametrize("pattern", ["../secret", "a/../../secret"])
def test_a_file_outside_the_base_path_is_refused(pattern: str) -> None:
    with besom.init() as run, pytest.raises(UsageError, match="does not lie below"):
        run.save(pattern)


def test_policy_now_keeps_the_file_as_it_was(announced: Files, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("before")
    with besom.init() as run:
        run.save("x", policy="now")
        (tmp_path / "x").write_text("after")
    assert announced() == {"x": b"before"}


@pytest.mark.parametrize("policy", ["end", "live"])
def test_policies_end_and_live_keep_the_file_as_it_is_at_the_end(announced: Files, tmp_path: Path, policy: Any) -> None:
    (tmp_path / "x").write_text("before")
    with besom.init() as run:
        run.save("?", policy=policy)
        assert announced() == ({} if policy == "end" else {"x": b"before"})
        (tmp_path / "x").write_text("after!")
        (tmp_path / "y").write_text("new")
    assert announced() == {"x": b"after!", "y": b"new"}


def test_a_file_that_is_saved_after_each_epoch_is_followed_once(records: Records, tmp_path: Path) -> None:
    with besom.init() as run:
        for epoch in range(5):
            (tmp_path / "x").write_text(str(epoch))
            run.save("x")
        (tmp_path / "x").write_text("the end")
    assert [record.size for record in records() if isinstance(record, FileRecord)] == [1, 1, 1, 1, 1, 7]


def test_a_copy_that_takes_long_does_not_replace_a_later_one(announced: Files, tmp_path: Path) -> None:
    slow, fast = tmp_path / "slow", tmp_path / "fast"
    os.mkfifo(slow)
    fast.write_text("later")
    with besom.init() as run:
        copies = [threading.Thread(target=files.of(run).copy, args=("x", source)) for source in (slow, fast)]
        copies[0].start()
        with slow.open("w") as writer:  # it is being read now
            copies[1].start()
            copies[1].join(0.2)
            writer.write("earlier")
        for copy in copies:
            copy.join()
    assert announced() == {"x": b"later"}


def test_another_policy_is_refused() -> None:
    with besom.init() as run, pytest.raises(UsageError, match="'now', 'live' or 'end'"):
        run.save("x", policy="always")  # type: ignore[arg-type]


def test_files_that_the_program_writes_into_run_dir_are_the_runs_at_its_end(announced: Files) -> None:
    with besom.init() as run:
        Path(run.dir, "notes").mkdir()
        Path(run.dir, "notes", "a.txt").write_text("a")
        Path(run.dir, "later.txt").write_text("1")
        run.save(os.path.join(run.dir, "later.txt"), policy="now")
        Path(run.dir, "later.txt").write_text("22")
    assert announced() == {"notes/a.txt": b"a", "later.txt": b"22"}


def test_the_module_saves_with_the_active_run(announced: Files, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    with besom.init():
        besom.save("x")
    assert announced() == {"x": b"x"}


def test_a_disabled_run_saves_nothing(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    with besom.init(mode="disabled") as run:
        assert run.save("x") == [str(tmp_path / "x")]
        run.log({"image": besom.Image(np.eye(4))})
        run.log_artifact("x")
        artifact = besom.Artifact("set", "dataset")
        artifact.add_file("x")
        run.log_artifact(artifact)
        assert run.log_code() is None
    del artifact
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x"]


# Media in rows


def test_an_image_in_a_row_is_a_description_and_its_bytes_a_file_of_the_run(records: Records, announced: Files) -> None:
    with besom.init() as run:
        run.log({"val/cat": besom.Image(np.eye(4), caption="a cat"), "loss": 1.0}, step=5)
        assert run.summary["val/cat"]["caption"] == "a cat"
    (row,) = rows(records())
    described = row["val/cat"]
    assert described["_type"] == "image-file"
    assert described["path"].startswith("media/images/val/cat_5_")
    assert announced()[described["path"]].startswith(b"\x89PNG")
    assert row["loss"] == 1.0


def test_the_file_is_announced_before_the_row_that_names_it(records: Records) -> None:
    with besom.init() as run:
        run.log({"image": besom.Image(np.eye(4))})
    kinds = [type(record) for record in records()]
    assert kinds.index(FileRecord) < kinds.index(HistoryRecord)


def test_a_list_of_images_is_one_value(records: Records, announced: Files) -> None:
    with besom.init() as run:
        run.log({"some": [besom.Image(np.eye(4), caption="a"), besom.Image(np.eye(5), caption="b")]})
    (row,) = rows(records())
    assert (row["some"]["_type"], row["some"]["count"]) == ("images", 2)
    assert [item["caption"] for item in row["some"]["items"]] == ["a", "b"]
    assert {item["path"] for item in row["some"]["items"]} == set(announced())


def test_media_may_be_nested_in_dicts(records: Records) -> None:
    with besom.init() as run:
        run.log({"val": {"h": besom.Histogram([1, 2, 3], num_bins=2), "n": 1}})
    assert rows(records()) == [{"val": {"h": {"_type": "histogram", "values": [1, 2], "bins": [1, 2, 3]}, "n": 1}}]


def test_figures_and_frames_are_logged_as_they_are(records: Records, announced: Files) -> None:
    import matplotlib.pyplot as plt  # these late: each worker collects all tests
    import pandas
    import plotly.graph_objects

    plt.switch_backend("Agg")
    plt.plot([1, 2])
    with besom.init() as run:
        run.log(
            {
                "pyplot": plt,
                "figure": plt.gcf(),
                "axes": plt.gca(),
                "plotly": plotly.graph_objects.Figure(data=[{"y": [1, 2]}]),
                "frame": pandas.DataFrame({"a": [1]}),
            }
        )
    plt.close("all")
    (row,) = rows(records())
    assert {key: value["_type"] for key, value in row.items()} == {
        "pyplot": "image-file",
        "figure": "image-file",
        "axes": "image-file",
        "plotly": "html-file",
        "frame": "table-file",
    }
    assert b"plotly" in announced()[row["plotly"]["path"]]


def test_a_module_that_is_no_plot_is_refused_by_its_key() -> None:
    with besom.init() as run, pytest.raises(UsageError, match="'oops'"):
        run.log({"oops": sys})


def test_media_in_config_and_summary_are_refused_with_what_to_write_instead() -> None:
    with besom.init() as run:
        with pytest.raises(UsageError, match=r"besom\.Image, which only log\(\) takes"):
            run.config.update({"image": besom.Image(np.eye(4))})
        with pytest.raises(UsageError, match=r"besom\.Image, which only log\(\) takes"):
            run.summary["image"] = besom.Image(np.eye(4))


def test_two_images_of_the_same_content_are_one_file(records: Records, announced: Files) -> None:
    with besom.init() as run:
        run.log({"image": besom.Image(np.eye(4))}, step=1)
        run.log({"image": besom.Image(np.eye(4))}, step=1)
    assert len(announced()) == 1


def test_logging_numbers_imports_no_numpy(start: Any) -> None:
    program = start(
        """
        import sys, besom
        with besom.init(mode="offline") as run:
            run.log({"a": 1, "b": [1, 2], "h": besom.Histogram([1.0, 2.0]), "p": besom.Html("<b>hi</b>")})
        print("numpy" in sys.modules, "PIL" in sys.modules)
        """
    )
    assert program.communicate()[0].split() == ["False", "False"]


def test_a_full_disk_is_told_to_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    with besom.init() as run:

        def full(**_: Any) -> Any:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(staging, "tempfile", SimpleNamespace(mkstemp=full))
            with pytest.raises(BesomError, match="No space left on device"):
                run.log({"image": besom.Image(np.eye(4))})
