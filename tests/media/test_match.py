from dataclasses import replace
from fractions import Fraction

import pytest

from support.results import video
from vmafx_core.errors import MismatchError
from vmafx_core.media.match import match
from vmafx_core.media.types import Chroma, PictureFormat, VideoInfo
from vmafx_core.notice import Level

REFERENCE = video("ref.mp4", width=640, height=360)
DISTORTED = video("dis.mp4", width=640, height=360)
UNTAGGED = {"color_range": None, "matrix": None, "primaries": None, "transfer": None}
RGB = {"pix_fmt": "gbrp", "chroma": Chroma.RGB, "matrix": "gbr", "color_range": "full"}


def like(info: VideoInfo, **changes: object) -> VideoInfo:
    return replace(info, **changes)  # type: ignore[arg-type]


def test_equal_videos_go_through_untouched() -> None:
    found = match(REFERENCE, DISTORTED)
    assert found.picture == PictureFormat(640, 360, Chroma.C420, 8)
    assert (found.reference_filters, found.distorted_filters, found.notices) == ("", "", ())


@pytest.mark.parametrize("pix_fmt", ["yuvj420p", "yuva420p"])
def test_formats_with_the_same_planes_go_through_untouched(pix_fmt: str) -> None:
    assert match(REFERENCE, like(DISTORTED, pix_fmt=pix_fmt)).distorted_filters == ""


def test_transparency_is_left_out_and_said_so() -> None:
    found = match(REFERENCE, like(DISTORTED, pix_fmt="yuva420p"))
    assert [n.code for n in found.notices] == ["alpha"]


def test_the_distorted_is_scaled_to_the_reference() -> None:
    found = match(REFERENCE, like(DISTORTED, width=320, height=180))
    assert found.reference_filters == ""
    assert found.distorted_filters == "scale=640:360:flags=bicubic,format=yuv420p"
    assert [n.text for n in found.notices] == ["dis.mp4: scaled from 320x180 to 640x360 (bicubic)"]


def test_a_size_that_is_asked_for_scales_both() -> None:
    found = match(REFERENCE, like(DISTORTED, width=320, height=180), size=(480, 270))
    assert found.picture == PictureFormat(480, 270, Chroma.C420, 8)
    assert found.reference_filters == found.distorted_filters
    assert found.reference_filters == "scale=480:270:flags=bicubic,format=yuv420p"


@pytest.mark.parametrize(
    ("reference", "distorted", "minimum", "expected"),
    [(8, 10, 8, 10), (10, 8, 8, 10), (9, 8, 8, 10), (12, 14, 8, 16), (8, 8, 10, 10)],
)
def test_the_lower_depth_is_raised(
    reference: int, distorted: int, minimum: int, expected: int
) -> None:
    def deep(info: VideoInfo, depth: int) -> VideoInfo:
        name = "yuv420p" if depth == 8 else f"yuv420p{depth}le"
        return like(info, depth=depth, pix_fmt=name)

    sides = deep(REFERENCE, reference), deep(DISTORTED, distorted)
    found = match(*sides, minimum_depth=minimum)
    assert found.picture.depth == expected
    raised = [s.location for s in sides if s.depth < expected]
    assert [n.text.split(":")[0] for n in found.notices if n.code == "depth"] == raised
    for side, filters in zip(
        sides, (found.reference_filters, found.distorted_filters), strict=True
    ):
        scaled = f"scale=flags=bicubic,format={found.picture.pix_fmt}"
        assert filters == (scaled if side.location in raised else "")


def test_the_distorted_takes_the_references_chroma() -> None:
    found = match(REFERENCE, like(DISTORTED, chroma=Chroma.C444, pix_fmt="yuv444p"))
    assert found.picture.chroma is Chroma.C420
    assert found.distorted_filters == "scale=flags=bicubic,format=yuv420p"
    assert [n.text for n in found.notices] == ["dis.mp4: 4:4:4 converted to 4:2:0"]
    found = match(like(REFERENCE, chroma=Chroma.C422, pix_fmt="yuv422p"), DISTORTED)
    assert found.picture.chroma is Chroma.C422
    assert (found.reference_filters, found.distorted_filters[-7:]) == ("", "yuv422p")


def test_grey_against_colour_compares_luma() -> None:
    found = match(REFERENCE, like(DISTORTED, chroma=Chroma.GRAY, pix_fmt="gray"))
    assert found.picture == PictureFormat(640, 360, Chroma.GRAY, 8)
    assert (found.reference_filters, found.distorted_filters) == ("", "")
    assert [n.code for n in found.notices] == ["luma-only"]


def test_rgb_is_converted_to_the_other_sides_yuv() -> None:
    found = match(REFERENCE, like(DISTORTED, **RGB))
    assert found.reference_filters == ""
    assert found.distorted_filters == (
        "scale=flags=bicubic:out_range=limited:out_color_matrix=bt709,format=yuv420p"
    )
    assert [n.code for n in found.notices] == ["rgb"]


def test_an_rgb_reference_makes_both_full_chroma_yuv() -> None:
    found = match(like(REFERENCE, **RGB), like(DISTORTED, **UNTAGGED))
    assert found.picture.chroma is Chroma.C444
    assert "out_color_matrix=bt601" in found.reference_filters
    assert found.distorted_filters.endswith("format=yuv444p")


def test_full_and_limited_range_are_converted() -> None:
    found = match(REFERENCE, like(DISTORTED, color_range="full"))
    assert found.distorted_filters == (
        "scale=flags=bicubic:in_range=full:out_range=limited,format=yuv420p"
    )
    assert [n.code for n in found.notices] == ["range"]
    found = match(like(REFERENCE, color_range="full"), DISTORTED)
    assert "in_range=limited:out_range=full" in found.distorted_filters
    assert found.reference_filters == ""


def test_untagged_yuv_is_limited() -> None:
    untagged = like(DISTORTED, color_range=None)
    found = match(like(REFERENCE, color_range="full"), untagged)
    assert "in_range=limited:out_range=full" in found.distorted_filters
    assert [n.text for n in found.notices] == [
        "dis.mp4: has no range tag; taken to be limited",
        "dis.mp4: limited range converted to full",
    ]
    found = match(like(REFERENCE, color_range=None), like(DISTORTED, color_range="full"))
    assert "in_range=full:out_range=limited" in found.distorted_filters
    assert [n.code for n in found.notices] == ["untagged-range", "range"]
    assert found.reference_filters == ""


def test_untagged_and_limited_yuv_are_compared_as_they_are() -> None:
    untagged = {"color_range": None}
    for sides in (
        (like(REFERENCE, **untagged), DISTORTED),
        (REFERENCE, like(DISTORTED, **untagged)),
        (like(REFERENCE, **untagged), like(DISTORTED, **untagged)),
    ):
        found = match(*sides)
        assert (found.reference_filters, found.distorted_filters, found.notices) == ("", "", ())


@pytest.mark.parametrize(("codec", "span"), [("rawvideo", "full"), ("hevc", "limited")])
def test_untagged_grey_is_of_the_range_that_ffmpeg_or_its_codec_takes_it_for(
    codec: str, span: str
) -> None:
    grey = like(
        DISTORTED, color_range=None, chroma=Chroma.GRAY, pix_fmt="gray", depth=8, codec=codec
    )
    for other in ("limited", "full"):
        found = match(like(REFERENCE, color_range=other), grey)
        codes = {n.code for n in found.notices}
        assert ("range" in codes) == ("untagged-range" in codes) == (span != other)
        assert bool(found.distorted_filters) == (span != other)


def test_yuv_matrices_are_converted() -> None:
    found = match(REFERENCE, like(DISTORTED, matrix="smpte170m"))
    assert found.distorted_filters == (
        "scale=flags=bicubic:in_color_matrix=bt601:out_color_matrix=bt709,format=yuv420p"
    )
    assert [n.code for n in found.notices] == ["matrix"]


def test_two_names_of_one_matrix_are_one() -> None:
    sides = like(REFERENCE, matrix="bt470bg"), like(DISTORTED, matrix="smpte170m")
    assert match(*sides).distorted_filters == ""


def test_a_matrix_without_a_defined_conversion_is_refused() -> None:
    with pytest.raises(MismatchError, match=r"dis\.mp4: its ictcp matrix"):
        match(REFERENCE, like(DISTORTED, matrix="ictcp"))
    sides = like(REFERENCE, matrix="ictcp"), like(DISTORTED, matrix="ictcp")
    assert match(*sides).distorted_filters == ""


@pytest.mark.parametrize(
    ("transfer", "other", "names"),
    [
        ("smpte2084", "bt709", "HDR .PQ., dis.mp4 is SDR"),
        ("bt709", "arib-std-b67", "SDR, dis.mp4 is HDR .HLG."),
        ("smpte2084", "arib-std-b67", "HDR .PQ., dis.mp4 is HDR .HLG."),
        ("linear", "bt709", "linear, dis.mp4 is SDR"),
    ],
)
def test_different_light_is_refused(transfer: str, other: str, names: str) -> None:
    with pytest.raises(MismatchError, match=names):
        match(like(REFERENCE, transfer=transfer), like(DISTORTED, transfer=other))


def test_sdr_transfers_are_near_enough() -> None:
    found = match(like(REFERENCE, transfer="bt709"), like(DISTORTED, transfer="smpte170m"))
    assert found.notices == ()


def test_different_primaries_are_refused() -> None:
    with pytest.raises(MismatchError, match="bt709 primaries"):
        match(REFERENCE, like(DISTORTED, primaries="bt2020"))


def test_an_untagged_side_of_hdr_is_a_warning() -> None:
    hdr = {"transfer": "smpte2084", "primaries": "bt2020", "matrix": "bt2020nc"}
    found = match(like(REFERENCE, **hdr), like(DISTORTED, **UNTAGGED))
    assert [(n.code, n.level) for n in found.notices] == [("untagged-hdr", Level.WARNING)]
    assert found.distorted_filters == ""


def test_a_different_display_aspect_is_a_warning() -> None:
    found = match(REFERENCE, like(DISTORTED, width=480, height=360))
    assert ("aspect", Level.WARNING) in [(n.code, n.level) for n in found.notices]


def test_pixels_that_are_not_square_count_for_the_aspect() -> None:
    narrow = like(DISTORTED, width=480, height=360, sample_aspect=Fraction(4, 3))
    assert [n.code for n in match(REFERENCE, narrow).notices] == ["scaled"]


def test_a_crop_to_even_sizes_is_no_other_aspect() -> None:
    found = match(REFERENCE, like(DISTORTED, height=354))
    assert [n.code for n in found.notices] == ["scaled"]


def test_own_filters_come_before_scaling() -> None:
    side = like(DISTORTED, filters="crop=320:180:0:0:exact=1", width=320, height=180)
    assert match(REFERENCE, side).distorted_filters == (
        "crop=320:180:0:0:exact=1,scale=640:360:flags=bicubic,format=yuv420p"
    )


def test_what_is_done_to_fields_and_turned_pictures_is_said() -> None:
    deinterlaced = like(DISTORTED, interlaced=True, filters="bwdif=mode=send_frame")
    assert [n.code for n in match(REFERENCE, deinterlaced).notices] == ["deinterlaced"]
    left = like(DISTORTED, interlaced=True)
    assert [(n.code, n.level) for n in match(REFERENCE, left).notices] == [
        ("interlaced", Level.WARNING)
    ]
    turned = like(DISTORTED, rotation=90, filters="transpose=clock")
    assert [n.code for n in match(REFERENCE, turned).notices] == ["rotated"]
