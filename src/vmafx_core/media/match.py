"""Settling the one form in which two videos are compared, and what each side needs for it.

The reference is the measure: the distorted side is brought to its size, chroma sampling, range
and matrix. Only depth goes up instead, to the deeper side's, so that nothing is rounded away.
"""

from dataclasses import dataclass
from fractions import Fraction

from vmafx_core.media.color import Conversion, convert_colors
from vmafx_core.media.locations import name_of
from vmafx_core.media.pixels import pixels
from vmafx_core.media.types import Chroma, PictureFormat, VideoInfo
from vmafx_core.notice import Notice, info, warning

# The depths that libvmaf takes.
_DEPTHS = (8, 10, 12, 16)
# Display aspects that are this near are one: encoders crop to even sizes.
_SAME_ASPECT = 0.02


@dataclass(frozen=True, slots=True)
class Match:
    """How two videos are brought together.

    Attributes:
        picture: The form in which they are compared.
        reference_filters: What the reference goes through, in libavfilter's syntax; empty where
            its pictures are right as they are decoded.
        distorted_filters: Likewise for the distorted video.
        notices: What is done and what is doubtful.
    """

    picture: PictureFormat
    reference_filters: str
    distorted_filters: str
    notices: tuple[Notice, ...]


def match(
    reference: VideoInfo,
    distorted: VideoInfo,
    *,
    size: tuple[int, int] | None = None,
    minimum_depth: int = 8,
) -> Match:
    """Settle how `distorted` is compared with `reference`.

    Args:
        reference: The reference.
        distorted: The distorted video.
        size: Width and height to which both are scaled; None for the reference's own.
        minimum_depth: Bits a sample to score with at least.

    Raises:
        MismatchError: Their colours cannot be compared: HDR and SDR, different primaries.
    """
    sides = (reference, distorted)
    width, height = size or (reference.width, reference.height)
    chroma = _chroma(reference, distorted)
    wanted = max(minimum_depth, reference.depth, distorted.depth)
    depth = next((d for d in _DEPTHS if d >= wanted), _DEPTHS[-1])
    picture = PictureFormat(width, height, chroma, depth)
    conversions, notices = convert_colors(reference, distorted)
    for side in sides:
        notices += _changes(side, picture)
    notices += _luma_only(reference, distorted)
    notices += _aspect(reference, distorted)
    filters = [_chain(s, picture, c) for s, c in zip(sides, conversions, strict=True)]
    return Match(picture, filters[0], filters[1], tuple(dict.fromkeys(notices)))


def _chroma(reference: VideoInfo, distorted: VideoInfo) -> Chroma:
    if Chroma.GRAY in {reference.chroma, distorted.chroma}:
        return Chroma.GRAY
    return Chroma.C444 if reference.chroma is Chroma.RGB else reference.chroma


def _chain(side: VideoInfo, picture: PictureFormat, conversion: Conversion) -> str:
    """Everything that `side` goes through, in the order deinterlace, crop, turn, scale, format."""
    steps = [side.filters] if side.filters else []
    same_size = (side.width, side.height) == (picture.width, picture.height)
    fits = pixels(side.pix_fmt).fits(picture)
    if not same_size or not fits or conversion.needed:
        chroma = side.chroma
        if chroma is Chroma.GRAY and not _stays_full(conversion):
            chroma = Chroma.C444
            steps += _luma_of_yuv(side)
        size = [] if same_size else [f"{picture.width}:{picture.height}"]
        steps.append("scale=" + ":".join([*size, "flags=bicubic", *conversion.options]))
        steps.append(f"format={_target(chroma, picture)}")
    elif steps:
        # Cropping and flipping only move pointers; a copy has its rows in plain order again.
        steps.append("copy")
    return ",".join(steps)


def _stays_full(conversion: Conversion) -> bool:
    """Whether samples of full range stay so: what swscale does with grey, whatever it is told."""
    return conversion.options == ("in_range=full", "out_range=full")


def _luma_of_yuv(side: VideoInfo) -> list[str]:
    """Steps that make grey the luma of YUV, whose range swscale converts as it is told."""
    depth = min(side.depth, _DEPTHS[-1])
    grey, yuv = (
        PictureFormat(side.width, side.height, chroma, depth).pix_fmt
        for chroma in (Chroma.GRAY, Chroma.C444)
    )
    return [f"format={grey}", f"mergeplanes=map1p=0:map2p=0:format={yuv}"]


def _target(chroma: Chroma, picture: PictureFormat) -> str:
    """The pixel format that pictures of a sampling are brought to."""
    if picture.chroma is not Chroma.GRAY or chroma is Chroma.GRAY:
        return picture.pix_fmt
    # FFmpeg's gray is full range by definition; luma stays as it is in a format with chroma.
    if chroma is Chroma.RGB:
        chroma = Chroma.C444
    return PictureFormat(picture.width, picture.height, chroma, picture.depth).pix_fmt


def _changes(side: VideoInfo, picture: PictureFormat) -> list[Notice]:
    """What is done to the pictures of one side, for the user to know."""
    done = []
    name, form = name_of(side.location), pixels(side.pix_fmt)
    if (side.width, side.height) != (picture.width, picture.height):
        change = f"{side.width}x{side.height} to {picture.width}x{picture.height}"
        done.append(info("scaled", f"{name}: scaled from {change} (bicubic)"))
    if side.depth < picture.depth:
        done.append(info("depth", f"{name}: {side.depth} bits raised to {picture.depth}"))
    elif side.depth > picture.depth:
        done.append(info("depth", f"{name}: {side.depth} bits reduced to {picture.depth}"))
    if side.chroma not in {picture.chroma, Chroma.RGB} and picture.chroma is not Chroma.GRAY:
        done.append(info("chroma", f"{name}: {side.chroma} converted to {picture.chroma}"))
    if form.alpha:
        done.append(info("alpha", f"{name}: its transparency is left out"))
    if side.deinterlaced:
        done.append(info("deinterlaced", f"{name}: interlaced, deinterlaced with bwdif"))
    elif side.interlaced:
        done.append(warning("interlaced", f"{name}: interlaced, and scored so"))
    if side.rotation:
        done.append(info("rotated", f"{name}: turned {side.rotation} degrees, as its file says"))
    return done


def _luma_only(reference: VideoInfo, distorted: VideoInfo) -> list[Notice]:
    gray = [s.location for s in (reference, distorted) if s.chroma is Chroma.GRAY]
    if len(gray) != 1:
        return []
    return [info("luma-only", f"{name_of(gray[0])}: has no colour; only luma is compared")]


def _aspect(reference: VideoInfo, distorted: VideoInfo) -> list[Notice]:
    ours, theirs = _display_aspect(reference), _display_aspect(distorted)
    if abs(ours / theirs - 1) <= _SAME_ASPECT:
        return []
    text = (
        f"{name_of(distorted.location)}: is shown at {float(theirs):.3f}:1, the reference at "
        f"{float(ours):.3f}:1; one of them is stretched or cropped"
    )
    return [warning("aspect", text)]


def _display_aspect(side: VideoInfo) -> Fraction:
    return Fraction(side.width, side.height) * side.sample_aspect
