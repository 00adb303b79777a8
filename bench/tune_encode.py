"""How far the score of a whole encode is from what its sample promised, on more than two minutes.

The film is a drawn one, a ride on bicycles and a face in a car, over and over, each time treated in
another way, so that no shot is like another: windows say as much of it as they would of any film.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from bench import material
from bench.measure import Figure, Settings
from bench.programs import FOLDER, convert
from vmafx_cli.tune.encode.whole import EncodeResult, encode_events
from vmafx_cli.tune.search.crf import CrfRequest
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.media.types import InputSpec
from vmafx_core.probing.cache import CACHE_VARIABLE
from vmafx_core.probing.events import Done
from vmafx_core.probing.targets import parse_target

_FILTERS = "scale=320:180:flags=bicubic,setsar=1,fps=25,format=yuv420p"
_CLIPS = ("bigbuckbunny.mp4", "bikes.mp4", "carphone_pristine.mp4")
_TREATMENTS = {
    "plain": "null",
    "mirrored": "hflip",
    "near": "crop=iw/2:ih/2",
    "grainy": "noise=alls=6:allf=t",
    "dark": "lutyuv=y=val*0.6",
    "nearer": "crop=iw/3:ih/3:iw/2:ih/3",
    "backwards": "reverse",
    "soft": "gblur=sigma=2",
}
_SETTINGS = (
    EncodeSetting(encoder="libx264", quality=23, preset="veryfast"),
    EncodeSetting(encoder="libx265", quality=28, preset="ultrafast"),
    EncodeSetting(encoder="libsvtav1", quality=35, preset="11"),
)
_TARGETS = ("84", "93")
_MOST_APART = 0.5


def measure(_: Settings) -> Iterator[Figure]:
    """The difference for each encoder and target."""
    os.environ[CACHE_VARIABLE] = str((FOLDER / "points").absolute())
    source = film()
    for setting in _SETTINGS:
        for target in _TARGETS:
            yield _figure(source, setting, target)


def _figure(source: Path, setting: EncodeSetting, target: str) -> Figure:
    wanted = parse_target(target)
    request = CrfRequest(source=InputSpec(location=str(source)), setting=setting, targets=(wanted,))
    *_, last = encode_events(request, FOLDER / f"encode-{setting.encoder}.mkv")
    if not isinstance(last, Done):
        raise TypeError(f"the encode ended with {last}")
    result: EncodeResult = last.result
    verdict = result.verdict
    if verdict is None:
        raise RuntimeError(f"{source}: nothing meets {target} with {setting.encoder}")
    sampled, whole = verdict.point.value(wanted), verdict.value(wanted)
    knob = f"{verdict.point.setting.quality:g}"
    note = f"({whole:.2f} where {sampled:.2f} was sampled, crf {knob})"
    return Figure(
        f"VMAF apart, {setting.encoder} to {target}", abs(whole - sampled), _MOST_APART, note
    )


def film() -> Path:
    """The clips in a row, again and again."""
    parts = [_part(name, what) for what in _TREATMENTS for name in _CLIPS]
    playlist = FOLDER / "long-film.txt"
    entries = "".join(f"file {part.name}\n" for part in parts)
    playlist.write_text(f"ffconcat version 1.0\n{entries}", encoding="utf-8")
    return convert(playlist, playlist.with_suffix(".mkv"), "-c", "copy")


def _part(name: str, treatment: str) -> Path:
    """One of the shared clips, treated."""
    target = FOLDER / f"long-{Path(name).stem}-{treatment}.mkv"
    filters = f"{_TREATMENTS[treatment]},{_FILTERS}"
    return convert(material.real(name), target, "-an", "-vf", filters, "-c:v", "ffv1")
