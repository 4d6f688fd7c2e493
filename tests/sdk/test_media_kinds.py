"""Histograms, tables, pages, sounds and films: what they may be made of, and what is kept of them."""

from __future__ import annotations

import io
import json
import math
import wave
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

import besom
from besom.errors import UsageError
from besom.protocol import FileEntry
from besom.sdk.media.base import Media
from besom.sdk.media.restore import restore
from late_import import LateImport

pandas = LateImport("pandas")
torch = LateImport("torch")


class Folder:
    """A place that keeps files in memory."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def put(self, path: str, data: bytes) -> FileEntry:
        self.files[path] = data
        return FileEntry(path=path, digest="0" * 64, size=len(data))


def kept(media: Media, folder: Folder | None = None) -> tuple[dict[str, Any], bytes]:
    """The description, and the bytes of its own file."""
    folder = folder or Folder()
    described = media.describe(folder, "key", 0)
    return described, folder.files[described["path"]]


# Histograms


def histogram(numbers: Any, **options: Any) -> dict[str, Any]:
    return besom.Histogram(numbers, **options).describe(Folder(), "key", 0)


@given(st.lists(st.floats(-1e6, 1e6), max_size=50), st.integers(1, 512))
def test_a_list_and_an_array_are_counted_alike_and_each_number_once(numbers: list[float], bins: int) -> None:
    listed, of_array = histogram(numbers, num_bins=bins), histogram(np.array(numbers), num_bins=bins)
    assert sum(listed["values"]) == sum(of_array["values"]) == len(numbers)
    assert listed["bins"] == of_array["bins"]
    assert len(listed["bins"]) == bins + 1


def test_the_bins_reach_from_the_smallest_number_to_the_largest() -> None:
    assert histogram([0.0, 1.0, 2.0, 4.0], num_bins=2) == {
        "_type": "histogram",
        "values": [2, 2],
        "bins": [0.0, 2.0, 4.0],
    }


def test_numbers_that_are_all_the_same_have_a_histogram_too() -> None:
    for same in (0.0, 3.0, 1e20, -1e300):
        assert sum(histogram([same] * 5)["values"]) == sum(histogram(np.full(5, same))["values"]) == 5


def test_nan_and_infinities_are_not_counted() -> None:
    assert sum(histogram([1.0, math.nan, math.inf, 2.0])["values"]) == 2
    assert sum(histogram(torch.tensor([[1.0, math.nan], [-math.inf, 2.0]]))["values"]) == 2


def test_a_histogram_of_numpy_is_taken_as_it_is() -> None:
    counts, edges = np.histogram([1, 2, 2, 3], bins=3)
    described = besom.Histogram(np_histogram=(counts, edges)).describe(Folder(), "key", 0)
    assert (described["values"], described["bins"]) == (counts.tolist(), edges.tolist())


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "either numbers or np_histogram"),
        ({"sequence": [1], "num_bins": 513}, "513; 1 to 512"),
        ({"np_histogram": ([1], [1])}, "1 counts and 1 edges"),
        ({"np_histogram": ([1] * 513, [1] * 514)}, "513 bins; 512"),
        ({"sequence": ["a"]}, "not a number"),
    ],
)
def test_a_histogram_that_makes_no_sense_is_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        besom.Histogram(**options)


# Tables


def test_a_table_is_a_file_of_json() -> None:
    table = besom.Table(columns=["id", "score"], data=[[1, 0.5]])
    table.add_data(2, np.float32(0.25))
    described, data = kept(table)
    assert json.loads(data) == {"columns": ["id", "score"], "data": [[1, 0.5], [2, 0.25]]}
    assert (described["_type"], described["ncols"], described["nrows"]) == ("table-file", 2, 2)


def test_media_in_cells_are_files_of_their_own_and_come_back() -> None:
    folder = Folder()
    table = besom.Table(columns=["image", "nan"], data=[[besom.Image(np.eye(4), caption="one"), math.nan]])
    described, _ = kept(table, folder)
    back = restore(described, folder.files.__getitem__)
    assert math.isnan(back.data[0][1])
    assert kept(back.data[0][0])[1] == kept(besom.Image(np.eye(4)))[1]
    assert kept(back.data[0][0])[0]["caption"] == "one"


def test_a_data_frame_becomes_a_table_and_a_table_a_data_frame() -> None:
    frame = pandas.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    assert besom.Table(dataframe=frame) == besom.Table(data=frame) == besom.Table(["a", "b"], [[1, "x"], [2, "y"]])
    pandas.testing.assert_frame_equal(besom.Table(dataframe=frame).get_dataframe(), frame)


def test_an_array_becomes_a_table() -> None:
    assert besom.Table(data=np.array([[1, 2], [3, 4]]), columns=["a", "b"]).data == [[1, 2], [3, 4]]


def test_columns_may_be_added_and_read() -> None:
    table = besom.Table(columns=["a"], data=[[1], [2]])
    table.add_column("b", np.array([3, 4]))
    table.add_computed_columns(lambda index, row: {"sum": row["a"] + row["b"] + index})
    assert table.columns == ["a", "b", "sum"]
    assert table.get_column("sum") == [4, 7]
    assert table.get_column("a", convert_to="numpy").tolist() == [1, 2]
    assert list(table.iterrows()) == [(0, [1, 3, 4]), (1, [2, 4, 7])]


def test_a_row_of_the_wrong_length_is_refused_with_its_number() -> None:
    with pytest.raises(UsageError, match="Row 1 of the table has 1 cells, and the table 2 columns: a, b"):
        besom.Table(columns=["a", "b"], data=[[1, 2], [3]])
    with pytest.raises(UsageError, match="Row 0 of the table is 1"):
        besom.Table(columns=["a"], data=[1, 2])


def test_a_column_for_rows_that_are_not_there_is_refused() -> None:
    table = besom.Table(columns=["a"])
    with pytest.raises(UsageError, match="Column 'b' has 2 cells, and the table 0 rows"):
        table.add_column("b", [1, 2])
    empty = besom.Table(columns=[])
    empty.add_column("b", [1, 2])
    assert empty.data == [[1], [2]]


def test_a_cell_that_json_cannot_hold_is_refused_with_its_place() -> None:
    with pytest.raises(UsageError, match=r"key\.a\.0"):
        kept(besom.Table(columns=["a"], data=[[object()]]))


# Pages


def test_html_is_taken_as_text_from_a_file_or_from_an_open_file(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("<b>hi</b>")
    for given_page in ("<b>hi</b>", str(file), file, io.StringIO("<b>hi</b>")):
        described, data = kept(besom.Html(given_page, inject=False))
        assert (described["_type"], data) == ("html-file", b"<b>hi</b>")
    assert kept(besom.Html(str(file), inject=False, data_is_not_path=True))[1] == str(file).encode()


def test_links_of_a_page_open_outside_it() -> None:
    assert kept(besom.Html("<html><head></head></html>"))[1] == b"<html><head><base target='_blank'></head></html>"


# Sounds


def test_samples_become_a_wav_file() -> None:
    described, data = kept(besom.Audio(np.array([0.0, 1.0, -1.0, 5.0]), sample_rate=8000, caption="beep"))
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (8000, 1, 4)
        assert np.frombuffer(file.readframes(4), "<i2").tolist() == [0, 32767, -32767, 32767]
    assert (described["_type"], described["duration"], described["caption"]) == ("audio-file", 4 / 8000, "beep")


def test_sounds_may_have_channels_and_be_tensors_or_lists() -> None:
    stereo = np.array([[0.5, -0.5], [0.25, -0.25]])
    described, data = kept(besom.Audio(stereo, sample_rate=4))
    assert described["channels"] == 2
    assert kept(besom.Audio(torch.from_numpy(stereo), sample_rate=4))[1] == data
    assert kept(besom.Audio([0.5, 0.25], 4))[1] == kept(besom.Audio(np.array([0.5, 0.25]), 4))[1]


def test_a_sound_file_is_kept_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"sound")
    assert kept(besom.Audio(str(tmp_path / "a.mp3")))[1] == b"sound"


def test_samples_without_a_rate_are_refused() -> None:
    with pytest.raises(UsageError, match="no sample_rate"):
        besom.Audio(np.zeros(3))


# Films


def test_an_array_becomes_a_gif_with_one_range_of_colours() -> None:
    frames = np.zeros((3, 3, 4, 6), np.uint8)
    frames[1] = 100
    frames[2] = 255
    described, data = kept(besom.Video(frames, fps=10))
    film = PIL.Image.open(io.BytesIO(data))
    levels = []
    for index in range(3):
        film.seek(index)
        levels.append(np.asarray(film.convert("L"))[0, 0])
    assert levels == [0, 100, 255]
    assert film.info["duration"] == 100
    assert (described["_type"], described["format"], described["width"]) == ("video-file", "gif", 6)


def test_films_of_a_batch_stand_side_by_side() -> None:
    assert kept(besom.Video(np.zeros((2, 3, 1, 4, 6), np.uint8)))[0]["width"] == 12


def test_a_video_file_is_kept_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"film")
    assert kept(besom.Video(str(tmp_path / "a.mp4"), caption="c"))[1] == b"film"
    assert kept(besom.Video(io.BytesIO(b"film"), format="webm"))[0]["format"] == "webm"


def test_an_array_in_a_format_that_needs_an_encoder_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot be kept as mp4"):
        besom.Video(np.zeros((2, 3, 4, 4)), format="mp4")


SCORES = [[0.9, 0.1], [0.2, 0.8]]


@pytest.mark.parametrize(
    ("chart", "arguments", "message"),
    [
        ("roc_curve", {"y_true": [[0, 1], [1, 0]], "y_probas": SCORES}, r"the class \[0, 1\]"),
        ("roc_curve", {"y_true": [0, "a"], "y_probas": SCORES}, "both numbers and names"),
        ("roc_curve", {"y_true": [0, 1], "y_probas": [[0.9, math.nan], [0.2, 0.8]]}, "none of them NaN"),
        ("roc_curve", {"y_true": [0, 1], "y_probas": SCORES, "classes_to_plot": [7]}, r"\[7\], none of which"),
        ("roc_curve", {"y_true": [0, 2], "y_probas": SCORES, "labels": ["a", "b"]}, "the class 2"),
        ("pr_curve", {"y_true": [0, 1], "y_probas": np.array([0.9, 0.1])}, "0.9 in y_probas"),
        ("pr_curve", {"y_true": [0, 1, 1], "y_probas": SCORES}, "2 rows of probabilities for 3"),
        ("pr_curve", {"y_true": [0, 1], "y_probas": SCORES, "interp_size": 0}, "interp_size=0"),
        ("confusion_matrix", {"y_true": [0, 1], "probs": [[], []]}, r"\[\] in probs"),
        ("confusion_matrix", {"y_true": [0, 1], "preds": [[0], [1]]}, r"the class \[0\]"),
        ("confusion_matrix", {"y_true": [0, 1]}, "either probs or preds"),
        ("confusion_matrix", {"preds": [0, 1]}, "no y_true"),
        ("line_series", {"xs": [0, 1], "ys": [1, 2]}, "1 in place of a line"),
        ("line_series", {"xs": [0, 1], "ys": [[1, 2]], "keys": ["a", "b"]}, "2 keys for 1 lines"),
        ("line", {"table": [[1]], "x": "a", "y": "b"}, "no table"),
    ],
)
def test_what_a_chart_cannot_be_drawn_of_is_refused_in_words(chart, arguments, message):
    with pytest.raises(UsageError, match=message):
        getattr(besom.plot, chart)(**arguments)


def test_each_line_of_a_long_chart_keeps_its_ends():
    truth = np.arange(30_000) % 3
    table = besom.plot.roc_curve(truth, np.random.default_rng(0).random((30_000, 3))).table
    assert len(table.data) < 11_000
    for name in range(3):
        points = [(x, y) for of, x, y in table.data if of == name]
        assert (points[0], points[-1]) == ((0, 0), (1, 1))


def test_charts_can_be_imported_as_from_wandb():
    from besom.plot import roc_curve

    assert roc_curve is besom.plot.roc_curve
