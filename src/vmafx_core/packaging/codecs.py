"""The `codecs` parameter (RFC 6381) of a track: what a player must be able to decode."""

from collections.abc import Callable

from vmafx_core.packaging.boxes import sample_entry

_AUDIO = {"ac-3": "ac-3", "ec-3": "ec-3", "Opus": "Opus", "fLaC": "fLaC", "alac": "alac"}
_UNSPECIFIED = 2


def codecs(init: bytes) -> str:
    """The parameter of the first track, from its initialization segment.

    Raises:
        ValueError: Its format is none of those that are streamed.
    """
    kind, described = sample_entry(init)
    if kind in _AUDIO:
        return _AUDIO[kind]
    if kind not in _CONFIGURED:
        raise ValueError(f"nothing is known of the format {kind!r}")
    box, written = _CONFIGURED[kind]
    if box not in described:
        raise ValueError(f"the format {kind!r} has no box {box!r}")
    return written(kind, described[box])


def _avc(kind: str, config: bytes) -> str:
    """ISO/IEC 14496-15, annex E.3: profile, constraints, level."""
    return f"{kind}.{config[1:4].hex().upper()}"


def _hevc(kind: str, config: bytes) -> str:
    """ISO/IEC 14496-15, annex E.3: profile, compatibility in reverse, tier, level, constraints."""
    space = ("", "A", "B", "C")[config[1] >> 6]
    tier = "H" if config[1] & 0x20 else "L"
    compatible = int(f"{int.from_bytes(config[2:6]):032b}"[::-1], 2)
    constraints = config[6:12].rstrip(b"\0")
    parts = [kind, f"{space}{config[1] & 0x1F}", f"{compatible:X}", f"{tier}{config[12]}"]
    return ".".join([*parts, *(f"{byte:X}" for byte in constraints)])


def _av1(kind: str, config: bytes) -> str:
    """AV1 Codec ISO Media File Format Binding, section 5: profile, level and tier, depth."""
    tier = "H" if config[2] & 0x80 else "M"
    deep, twelve = config[2] & 0x40, config[2] & 0x20
    depth = (12 if twelve else 10) if deep else 8
    return f"{kind}.{config[1] >> 5}.{config[1] & 0x1F:02}{tier}.{depth:02}"


def _vp9(kind: str, config: bytes) -> str:
    """VP Codec ISO Media File Format Binding: profile, level, depth, then chroma and colours."""
    profile, level, mixed = config[4], config[5], config[6]
    depth, chroma, full = mixed >> 4, mixed >> 1 & 7, mixed & 1
    short = f"{kind}.{profile:02}.{level:02}.{depth:02}"
    colours = config[7], config[8], config[9]
    if colours == (_UNSPECIFIED,) * 3:
        # What follows depth goes all or nothing, and would say nothing here.
        return short
    return ".".join([short, f"{chroma:02}", *(f"{c:02}" for c in colours), f"{full:02}"])


def _mpeg4_audio(kind: str, config: bytes) -> str:
    """RFC 6381, section 3.3: the object type, and for AAC the kind of it."""
    descriptor = dict(_descriptors(config[4:]))
    object_type = descriptor[4][0]
    if object_type != 0x40:
        return f"{kind}.{object_type:X}"
    specific = descriptor[5]
    audio_type = specific[0] >> 3
    if audio_type == 31:
        audio_type = 32 + ((specific[0] & 7) << 3 | specific[1] >> 5)
    return f"{kind}.{object_type:X}.{audio_type}"


def _descriptors(data: bytes) -> list[tuple[int, bytes]]:
    """Tags and contents of MPEG-4 descriptors (ISO/IEC 14496-1, section 8.3.3), nested ones too."""
    found = []
    at = 0
    while at < len(data):
        tag, size, at = data[at], 0, at + 1
        while data[at] & 0x80:
            size, at = size << 7 | data[at] & 0x7F, at + 1
        size, at = size << 7 | data[at], at + 1
        content = data[at : at + size]
        found.append((tag, content))
        # Fields before what is nested: 3 bytes in an ES descriptor, 13 in a decoder's.
        nested = {3: 3, 4: 13}.get(tag)
        if nested is not None:
            found += _descriptors(content[nested:])
        at += size
    return found


_CONFIGURED: dict[str, tuple[str, Callable[[str, bytes], str]]] = {
    "avc1": ("avcC", _avc),
    "hvc1": ("hvcC", _hevc),
    "av01": ("av1C", _av1),
    "vp09": ("vpcC", _vp9),
    "mp4a": ("esds", _mpeg4_audio),
}
