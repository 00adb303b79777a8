"""Colour: the tags of a stream, and bringing two videos to one range and matrix."""

from dataclasses import dataclass

import av
from av.video.stream import VideoStream

from vmafx_core.errors import InputError, MismatchError
from vmafx_core.media.locations import name_of
from vmafx_core.media.pixels import pixels
from vmafx_core.media.types import Chroma, VideoInfo
from vmafx_core.notice import Notice, info, warning

# FFmpeg's names; the numbers are those of ITU-T H.273.
_RANGES = {1: "limited", 2: "full"}
_PRIMARIES = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "film",
    9: "bt2020",
    10: "smpte428",
    11: "smpte431",
    12: "smpte432",
    22: "ebu3213",
}
_TRANSFERS = {
    1: "bt709",
    4: "gamma22",
    5: "gamma28",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    9: "log100",
    10: "log316",
    11: "iec61966-2-4",
    12: "bt1361e",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    17: "smpte428",
    18: "arib-std-b67",
}
_MATRICES = {
    0: "gbr",
    1: "bt709",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "ycgco",
    9: "bt2020nc",
    10: "bt2020c",
    11: "smpte2085",
    12: "chroma-derived-nc",
    13: "chroma-derived-c",
    14: "ictcp",
}

# Transfers and primaries that differ too little to refuse a comparison; others are for themselves.
_SDR = frozenset(_TRANSFERS[n] for n in (1, 4, 5, 6, 7, 11, 12, 13, 14, 15))
_HDR = {"smpte2084": "HDR (PQ)", "arib-std-b67": "HDR (HLG)"}
_NARROW = frozenset(_PRIMARIES[n] for n in (1, 4, 5, 6, 7, 8, 22))
# Matrices between which a conversion is defined, in the scale filter's names.
_CONVERTIBLE = {
    "bt709": "bt709",
    "fcc": "fcc",
    "bt470bg": "bt601",
    "smpte170m": "bt601",
    "smpte240m": "smpte240m",
    "bt2020nc": "bt2020",
}
# Of Dolby Vision: the profile whose pictures are always IPT, the last one of HEVC and AVC, after
# which the compatibility decides, and bytes of a configuration record.
_DOVI_IPT, _DOVI_LAST_LAYERED, _DOVI_BYTES = 5, 9, 8
# In whose standards samples are limited where nothing says that they are full.
_LIMITED_WITHOUT_TAG = frozenset({"h264", "hevc", "vvc"})
# What FFmpeg makes YUV of RGB with where nobody says otherwise.
_RGB_MATRIX = "smpte170m"


@dataclass(frozen=True, slots=True)
class Conversion:
    """What one side needs to come to the common range and matrix.

    Attributes:
        needed: Whether samples change; without, the options only say how to read them.
        options: Options of libavfilter's scale filter.
    """

    needed: bool
    options: tuple[str, ...]


def range_of(frame: av.VideoFrame) -> str | None:
    """Whether samples are "limited" or "full", or None where untagged."""
    if frame.format.name.startswith("yuvj"):
        return "full"  # by definition of these formats
    return _RANGES.get(frame.color_range)


def matrix_of(frame: av.VideoFrame) -> str | None:
    """FFmpeg's name of the YUV matrix, or None where untagged."""
    return _MATRICES.get(frame.colorspace)


def primaries_of(frame: av.VideoFrame) -> str | None:
    """FFmpeg's name of the primaries, or None where untagged."""
    return _PRIMARIES.get(frame.color_primaries)


def transfer_of(frame: av.VideoFrame) -> str | None:
    """FFmpeg's name of the transfer function, or None where untagged."""
    return _TRANSFERS.get(frame.color_trc)


def convert_colors(
    reference: VideoInfo, distorted: VideoInfo
) -> tuple[tuple[Conversion, Conversion], list[Notice]]:
    """How both sides come to one range and matrix: the reference's, where it says.

    A side without a matrix tag is taken to be like the other. What has no range tag is of the range
    that all of FFmpeg takes it for: YUV is limited, and grey is full but where its codec's standard
    says otherwise.

    Returns:
        The conversions of both sides, and what there is to tell.

    Raises:
        MismatchError: Transfer functions, primaries or matrices differ in a way that no
            well-defined conversion bridges.
    """
    notices = _check_light(reference, distorted)
    yuv = [s for s in (reference, distorted) if s.chroma is not Chroma.RGB]
    target_range = next(map(_range, yuv), "limited")
    target_matrix = next((s.matrix for s in yuv if s.matrix), None)
    conversions = []
    if len(set(map(_range, yuv))) > 1:
        notices += [_told_range(s) for s in yuv if s.color_range is None]
    for side in (reference, distorted):
        conversion, told = _conversion(side, target_range, target_matrix)
        conversions.append(conversion)
        notices += told
    return (conversions[0], conversions[1]), notices


@dataclass(frozen=True, slots=True)
class Change:
    """How the colour of a picture differs from that of the first one of its video.

    Attributes:
        options: Options of libavfilter's scale filter that bring it back; empty for no need.
        words: What it has become, in words.
        bridged: Whether that undoes all of it; light of another kind cannot be brought back.
    """

    options: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    bridged: bool = True


def color_change(info: VideoInfo, frame: av.VideoFrame) -> Change:
    """How a picture's colour differs from what its video began with; a tag less is no change."""
    light, gamut = _light(transfer_of(frame)), _gamut(primaries_of(frame))
    options: list[str] = []
    words: list[str] = []
    bridged = True
    if light and info.transfer and light != _light(info.transfer):
        words.append(light)
        bridged = False
    if gamut and info.primaries and gamut != _gamut(info.primaries):
        words.append(f"{gamut} primaries")
        bridged = False
    now_rgb = pixels(frame.format.name).chroma is Chroma.RGB
    if info.chroma is Chroma.RGB:
        return Change((), tuple(words), bridged)
    span, matrix = range_of(frame), matrix_of(frame)
    if now_rgb:
        options.append(f"out_range={_range(info)}")
        options.append(f"out_color_matrix={_CONVERTIBLE.get(info.matrix or '', 'bt601')}")
        return Change(tuple(options), tuple(words), bridged)
    if span and span != _range(info):
        words.append(f"{span} range")
        options += [f"in_range={span}", f"out_range={_range(info)}"]
    if matrix and info.matrix and info.chroma is not Chroma.GRAY and _differ(matrix, info.matrix):
        words.append(f"{matrix} matrix")
        bridged = bridged and matrix in _CONVERTIBLE and info.matrix in _CONVERTIBLE
        options.append(f"in_color_matrix={_CONVERTIBLE.get(matrix)}")
        options.append(f"out_color_matrix={_CONVERTIBLE.get(info.matrix)}")
    return Change(tuple(options), tuple(words), bridged)


def check_viewable(stream: VideoStream, location: str) -> None:
    """Refuse Dolby Vision whose pictures mean nothing without its metadata.

    The base layer of profile 5, and of others without a compatible one, is IPT: neither YUV nor PQ,
    though nothing else says so. Others are HDR10, HLG or SDR, which is what is scored of them.

    Args:
        stream: The stream, with what its container tells of it.
        location: What to call it.

    Raises:
        InputError: It is of that kind.
    """
    record = stream.codec_context.coded_side_data.get("dovi_conf")
    if record is None or len(record) < _DOVI_BYTES:
        return
    # AVDOVIDecoderConfigurationRecord: the profile, and what the base layer is compatible with.
    profile, compatible = record[2], record[7]
    if profile == _DOVI_IPT or (profile > _DOVI_LAST_LAYERED and not compatible):
        raise InputError(
            f"{name_of(location)}: is Dolby Vision profile {profile}, whose pictures are no YUV",
            "Take the HDR10 version, or convert it first, with FFmpeg's libplacebo filter.",
        )


def _check_light(reference: VideoInfo, distorted: VideoInfo) -> list[Notice]:
    """Refuse sides whose numbers stand for different light."""
    ours, theirs = _light(reference.transfer), _light(distorted.transfer)
    if ours and theirs and ours != theirs:
        raise MismatchError(
            f"{name_of(reference.location)} is {ours}, {name_of(distorted.location)} is {theirs}",
            "Tone-map one of them first: there is more than one way, and the scores depend on it.",
        )
    gamuts = (_gamut(reference.primaries), _gamut(distorted.primaries))
    if all(gamuts) and gamuts[0] != gamuts[1]:
        raise MismatchError(
            f"{name_of(reference.location)} has {reference.primaries} primaries, "
            f"{name_of(distorted.location)} has {distorted.primaries}",
            "Convert one of them to the other's colours first.",
        )
    if bool(ours) != bool(theirs) and (ours or theirs) in _HDR.values():
        bare = distorted if ours else reference
        light = f"taken to be {ours or theirs} like the other"
        text = f"{name_of(bare.location)}: has no transfer tag; {light}"
        return [warning("untagged-hdr", text)]
    return []


def _range(side: VideoInfo) -> str:
    """The range of YUV or grey, also where no tag says it."""
    if side.color_range:
        return side.color_range
    full = side.chroma is Chroma.GRAY and side.codec not in _LIMITED_WITHOUT_TAG
    return "full" if full else "limited"


def _told_range(side: VideoInfo) -> Notice:
    text = f"{name_of(side.location)}: has no range tag; taken to be {_range(side)}"
    return info("untagged-range", text)


def _light(transfer: str | None) -> str | None:
    if transfer in _SDR:
        return "SDR"
    return _HDR.get(transfer, transfer) if transfer else None


def _gamut(primaries: str | None) -> str | None:
    return "bt709" if primaries in _NARROW else primaries


def _conversion(
    side: VideoInfo, target_range: str, target_matrix: str | None
) -> tuple[Conversion, list[Notice]]:
    name = name_of(side.location)
    if side.chroma is Chroma.RGB:
        return _from_rgb(name, target_range, target_matrix)
    options: list[str] = []
    notices: list[Notice] = []
    needed = False
    span = _range(side)
    if span != target_range:
        needed = True
        notices.append(info("range", f"{name}: {span} range converted to {target_range}"))
    if needed or span == "full":
        options += [f"in_range={span}", f"out_range={target_range}"]
    matrix = side.matrix or target_matrix
    if side.chroma is not Chroma.GRAY and _differ(matrix, target_matrix):
        if matrix not in _CONVERTIBLE or target_matrix not in _CONVERTIBLE:
            raise MismatchError(
                f"{name}: its {matrix} matrix cannot be converted to {target_matrix}",
                "Convert one of the two videos to the other's matrix first.",
            )
        needed = True
        options.append(f"in_color_matrix={_CONVERTIBLE[matrix]}")
        options.append(f"out_color_matrix={_CONVERTIBLE[target_matrix]}")
        notices.append(info("matrix", f"{name}: {matrix} matrix converted to {target_matrix}"))
    return Conversion(needed, tuple(options)), notices


def _from_rgb(
    name: str, target_range: str, target_matrix: str | None
) -> tuple[Conversion, list[Notice]]:
    known = target_matrix if target_matrix in _CONVERTIBLE else None
    matrix = known or _RGB_MATRIX
    options = (f"out_range={target_range}", f"out_color_matrix={_CONVERTIBLE[matrix]}")
    text = f"{name}: RGB converted to YUV ({matrix} matrix, {target_range} range)"
    return Conversion(needed=True, options=options), [info("rgb", text)]


def _differ(matrix: str | None, other: str | None) -> bool:
    return _CONVERTIBLE.get(matrix or "", matrix) != _CONVERTIBLE.get(other or "", other)
