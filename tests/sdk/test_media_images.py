"""Pictures: what they may be made of, and what is kept of them."""

from __future__ import annotations

import builtins
import io
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import besom
from besom.errors import UsageError
from besom.protocol import FileEntry
from besom.sdk.media import png
from besom.sdk.media.base import Media
from besom.sdk.media.pixels import pixels_of
from late_import import LateImport

torch = LateImport("torch")


class Folder:
    """A place that keeps files in memory."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def put(self, path: str, data: bytes) -> FileEntry:
        self.files[path] = data
        return FileEntry(path=path, digest="0" * 64, size=len(data))


def kept(media: Media, key: str = "key", step: int = 0) -> tuple[dict[str, Any], bytes]:
    """The description, and the bytes of its own file."""
    folder = Folder()
    described = media.describe(folder, key, step)
    return described, folder.files[described["path"]]


def seen(image: Media) -> np.ndarray[Any, Any]:
    """The pixels, as another reader of pictures sees them."""
    return np.asarray(PIL.Image.open(io.BytesIO(kept(image)[1])))


@given(
    st.one_of(
        *(
            arrays.arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20), st.just(channels)))
            for channels in (1, 2, 3, 4)
        )
    )
)
@settings(deadline=None)
def test_any_array_of_8_bits_comes_out_of_the_png_as_it_went_in(pixels: np.ndarray[Any, Any]) -> None:
    read = np.asarray(PIL.Image.open(io.BytesIO(png.encode(pixels))))
    assert (read.reshape(pixels.shape) == pixels).all()


@pytest.mark.parametrize(
    ("given_numbers", "drawn"),
    [
        pytest.param([0.0, 0.5, 1.0], [0, 128, 255], id="0..1"),
        pytest.param([-1.0, 0.0, 1.0], [0, 128, 255], id="-1..1"),
        pytest.param([0.0, 100.0, 255.0], [0, 100, 255], id="0..255"),
        pytest.param([-1000.0, 0.0, 1000.0], [0, 128, 255], id="other"),
        pytest.param([0.0, float("nan"), 1.0], [0, 0, 255], id="nan"),
    ],
)
def test_numbers_are_stretched_to_what_their_range_suggests(given_numbers: list[float], drawn: list[int]) -> None:
    assert pixels_of(np.array([given_numbers]))[0, :, 0].tolist() == drawn


def test_without_normalize_numbers_are_cut_off_at_0_and_255() -> None:
    assert pixels_of(np.array([[-5.0, 1.0, 300.0]]), normalize=False)[0, :, 0].tolist() == [0, 1, 255]


def test_booleans_are_black_and_white() -> None:
    assert seen(besom.Image(np.array([[True, False]]))).tolist() == [[255, 0]]


def test_an_array_of_numpy_has_its_channels_last_and_one_of_torch_first() -> None:
    rows = np.zeros((4, 6, 3), np.uint8)
    rows[1, 2] = 10, 20, 30
    assert (seen(besom.Image(rows)) == rows).all()
    assert (seen(besom.Image(torch.from_numpy(rows).permute(2, 0, 1))) == rows).all()


def test_a_tensor_may_be_part_of_a_graph() -> None:
    assert seen(besom.Image(torch.ones(1, 2, 2, requires_grad=True) * 1.0)).tolist() == [[255, 255], [255, 255]]


def test_a_tensor_may_be_of_bfloat16() -> None:
    assert seen(besom.Image(torch.ones(2, 2, dtype=torch.bfloat16))).tolist() == [[255, 255], [255, 255]]


@pytest.mark.parametrize("shape", [(3,), (4, 4, 5), (2, 3, 4, 4), (0, 4)])
def test_an_array_of_another_shape_is_refused_with_that_shape(shape: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match=str(shape).replace("(", r"\(").replace(")", r"\)")):
        besom.Image(np.zeros(shape))


def test_a_picture_of_pillow_is_kept_as_png() -> None:
    picture = PIL.Image.new("RGB", (3, 2), (1, 2, 3))
    described, data = kept(besom.Image(picture, caption="a red one"))
    assert (described["_type"], described["format"], described["caption"]) == ("image-file", "png", "a red one")
    assert (described["width"], described["height"], described["size"]) == (3, 2, len(data))


def test_mode_converts_the_picture() -> None:
    assert seen(besom.Image(PIL.Image.new("RGB", (2, 1), (255, 255, 255)), mode="L")).tolist() == [[255, 255]]


def test_file_type_says_how_it_is_kept() -> None:
    described, data = kept(besom.Image(np.zeros((8, 8, 4), np.uint8), file_type="jpg"))
    assert described["format"] == "jpg"
    assert PIL.Image.open(io.BytesIO(data)).format == "JPEG"


def test_a_picture_file_is_kept_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "cat.jpg"
    PIL.Image.new("RGB", (3, 2)).save(file)
    described, data = kept(besom.Image(file))
    assert (described["format"], data) == ("jpg", file.read_bytes())


def test_a_file_that_is_missing_or_no_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a file"):
        besom.Image(str(tmp_path / "none.png"))
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(UsageError, match="'txt' is not a format of pictures"):
        besom.Image(str(tmp_path / "a.txt"))


def test_a_figure_of_matplotlib_is_drawn() -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2, 1), dpi=50)
    figure.subplots().plot([1, 2])
    described, _ = kept(besom.Image(figure))
    assert (described["width"], described["height"]) == (100, 50)


def test_anything_else_is_refused_with_its_type() -> None:
    with pytest.raises(UsageError, match="of type dict"):
        besom.Image({})


def test_arrays_need_no_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def without_pillow(name: str, *args: Any) -> Any:
        if name.startswith("PIL"):
            raise ImportError(name)
        return found(name, *args)

    for name in [name for name in sys.modules if name.startswith("PIL")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without_pillow)
    assert kept(besom.Image(np.zeros((2, 2))))[1].startswith(b"\x89PNG")
    with pytest.raises(UsageError, match="Pillow is needed"):
        besom.Image(np.zeros((2, 2)), file_type="jpg")


def test_boxes_are_kept_as_data() -> None:
    box = {"position": {"minX": 0.1, "maxX": 0.2, "minY": 0.3, "maxY": 0.4}, "class_id": 1, "scores": {"p": 0.5}}
    boxes = {"truth": {"box_data": [box], "class_labels": {1: "car"}}}
    described, _ = kept(besom.Image(np.zeros((4, 4)), boxes=boxes))
    assert described["boxes"]["truth"] == {"box_data": [box], "class_labels": {"1": "car"}}


def test_a_mask_is_a_file_whose_grey_is_the_number_of_the_class() -> None:
    mask = np.array([[0, 1], [2, 255]])
    image = besom.Image(np.zeros((2, 2)), masks={"road": {"mask_data": mask, "class_labels": {1: "road"}}})
    folder = Folder()
    described = image.describe(folder, "key", 3)["masks"]["road"]
    assert described["class_labels"] == {"1": "road"}
    assert np.asarray(PIL.Image.open(io.BytesIO(folder.files[described["path"]]))).tolist() == mask.tolist()


def test_what_changes_after_the_picture_was_made_does_not_change_it() -> None:
    array = np.zeros((2, 2), np.uint8)
    image = besom.Image(array)
    array[:] = 255
    assert seen(image).max() == 0


@pytest.mark.parametrize(
    ("key", "begins"),
    [
        ("loss", "media/images/loss_7_"),
        ("val/img", "media/images/val/img_7_"),
        ("../../etc/passwd", "media/images/_/_/etc/passwd_7_"),
        ("a b\n:c", "media/images/a_b_c_7_"),
        ("", "media/images/__7_"),
    ],
)
def test_the_path_is_made_of_key_step_and_content_and_cannot_lead_out_of_its_folder(key: str, begins: str) -> None:
    described, _ = kept(besom.Image(np.zeros((2, 2))), key, 7)
    assert described["path"].startswith(begins)
    assert described["path"].endswith(".png")
