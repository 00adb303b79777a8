"""Colour that changes within a stream is brought back to what the stream began with, or refused."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from support.data import ffmpeg
from vmafx_core import score
from vmafx_core.errors import InputError
from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.result import PairResult
from vmafx_core.testing import write_clip

FIRST, ALL = 6, 12
TAGS = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
TO_601 = "scale=in_color_matrix=bt709:out_color_matrix=bt601"
LOSSLESS = ["-c:v", "libx264", "-qp", "0", "-bf", "0", "-pix_fmt", "yuv420p"]


def run(*arguments: object) -> None:
    command = [ffmpeg(), "-v", "error", "-nostdin", "-y", *map(str, arguments)]
    subprocess.run(command, check=True)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    clip = write_clip(folder / "clip.mkv", frames=ALL, width=160, height=120, codec="ffv1")
    run("-i", clip, "-vf", TAGS, *LOSSLESS, folder / "ref.mkv")
    return folder / "ref.mkv"


def changing(folder: Path, reference: Path, filters: str, *options: str) -> Path:
    """A copy of the reference whose later pictures went through filters, in one stream."""
    begin = ["-vf", f"trim=end_frame={FIRST}"]
    run("-i", reference, *begin, *LOSSLESS, folder / "a.h264")
    later = f"trim=start_frame={FIRST},setpts=PTS-STARTPTS,{filters}"
    run("-i", reference, "-vf", later, *options, *LOSSLESS, folder / "b.h264")
    joined = folder / "joined.h264"
    joined.write_bytes((folder / "a.h264").read_bytes() + (folder / "b.h264").read_bytes())
    run("-r", "25", "-i", joined, "-c", "copy", folder / "joined.mkv")
    return folder / "joined.mkv"


def scored(reference: Path, distorted: Path) -> PairResult:
    return score(reference, distorted, models=[], features=["psnr"]).pairs[0]


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ("scale=out_range=full,setparams=range=pc", "full range"),
        (f"{TO_601},setparams=colorspace=smpte170m", "smpte170m matrix"),
        (
            f"{TO_601}:out_range=full,setparams=colorspace=bt470bg:range=pc",
            "full range, bt470bg matrix",
        ),
    ],
)
def test_range_and_matrix_are_brought_back(
    tmp_path: Path, reference: Path, filters: str, told: str
) -> None:
    distorted = changing(tmp_path, reference, filters)
    pair = scored(reference, distorted)
    later = InputSpec(location=str(reference), skip=FIRST)
    alone = score(later, tmp_path / "b.h264", models=[], features=["psnr"]).pairs[0]
    for name in ("psnr_y", "psnr_cb", "psnr_cr"):
        values = pair.metrics[name].values
        assert values[:FIRST] == pytest.approx([60.0] * FIRST)
        assert values[FIRST:] == pytest.approx(alone.metrics[name].values)
        # What is lost to rounding, and to RGB on the way between matrices, is little.
        assert np.all(values[FIRST:] > 35), (name, values)
    assert [n.text for n in pair.notices if n.code == "pictures-change"] == [
        f"{distorted}: its pictures become {told} at 0.24 s, and are brought back to what they were"
    ]


def test_where_the_other_side_is_converted_so_is_what_changes(
    tmp_path: Path, reference: Path
) -> None:
    distorted = changing(tmp_path, reference, "scale=out_range=full,setparams=range=pc")
    full = tmp_path / "full.mkv"
    run("-i", reference, "-vf", "scale=out_range=full,setparams=range=pc", *LOSSLESS, full)
    values = scored(full, distorted).metrics["psnr_y"].values
    assert np.all(values > 46), values


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ("color_trc=smpte2084", "HDR (PQ)"),
        ("color_trc=arib-std-b67:color_primaries=bt2020", "HDR (HLG), bt2020 primaries"),
        ("color_primaries=smpte432", "smpte432 primaries"),
    ],
)
def test_light_of_another_kind_is_refused(
    tmp_path: Path, reference: Path, tags: str, told: str
) -> None:
    distorted = changing(tmp_path, reference, f"setparams={tags}")
    with pytest.raises(InputError) as raised:
        scored(reference, distorted)
    assert f"its pictures become {told} at 0.24 s" in raised.value.message
    assert "--start and --duration" in (raised.value.hint or "")
    before = InputSpec(location=str(distorted), duration=FIRST / 25)
    alike = InputSpec(location=str(reference), duration=FIRST / 25)
    pair = score(alike, before, models=[], features=["psnr"]).pairs[0]
    assert pair.metrics["psnr_y"].values == pytest.approx([60.0] * FIRST)


@pytest.mark.parametrize("later", ["range=unknown:colorspace=unknown", "color_trc=smpte170m"])
def test_a_tag_less_or_another_name_for_the_same_is_no_change(
    tmp_path: Path, reference: Path, later: str
) -> None:
    distorted = changing(tmp_path, reference, f"setparams={later}")
    pair = scored(reference, distorted)
    assert pair.metrics["psnr_y"].values == pytest.approx([60.0] * ALL)
    assert "pictures-change" not in {n.code for n in pair.notices}
