"""What an encoder is: the one contract that every adapter fills in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from vmafx_core.errors import UnknownNameError, UsageError

NESTED_ENDING = "-params"
"""How FFmpeg's options end that hold options of an encoder's own, as name=value:name=value."""
# Options that aim at something else than a constant quality.
_RATE_CONTROL = ("b", "b:v", "bitrate", "crf", "cq", "qp", "q", "global_quality", "rc", "pass")


@dataclass(frozen=True, slots=True)
class QualityKnob:
    """The option that sets an encoder's constant quality.

    Attributes:
        name: What users call it: "crf", "cq", "qp", "global_quality".
        low: Lowest value that is of use.
        high: Highest value.
        step: Distance of neighbouring values in a search.
        default: Where the encoder's own users begin.
        coarser: +1 where a higher value is a coarser picture, -1 where it is a finer one.
        option: FFmpeg's option for it, where that has another name.
        factor: What the option's value is multiplied by.
    """

    name: str
    low: float
    high: float
    step: float
    default: float
    coarser: int = 1
    option: str = ""
    factor: int = 1

    def written(self, value: float) -> tuple[str, str]:
        """FFmpeg's option and its value."""
        return self.option or self.name, f"{value * self.factor:g}"

    def values(self) -> tuple[float, ...]:
        """All values, from the finest picture to the coarsest."""
        count = round((self.high - self.low) / self.step) + 1
        upward = tuple(self.low + i * self.step for i in range(count))
        return upward if self.coarser > 0 else upward[::-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """One encoder, as the program knows it.

    Attributes:
        name: FFmpeg's name: "libx264", "hevc_nvenc".
        codec: The codec it writes, FFmpeg's name: "h264", "hevc", "av1", "vp9", "vvc".
        about: What it is, in a few words.
        knob: The quality knob.
        presets: Presets from the slowest to the fastest; empty where it has none.
        default_preset: The preset where none is asked for; "" where it has none.
        preset_option: The option that takes the preset.
        pix_fmts: Pixel formats that it takes, in FFmpeg's names, plain before deep.
        two_pass: Whether it can aim at a bitrate in two passes.
        hdr10: Whether it is told the static metadata of HDR10.
        program: Whether it is run through an ffmpeg program, and not in process.
        hardware: Whether it needs a device, so that only a trial says whether it works here.
        fixed: Options that are always set, such as those that let the knob act alone.
    """

    name: str
    codec: str
    about: str
    knob: QualityKnob
    presets: tuple[str, ...] = ()
    default_preset: str = ""
    preset_option: str = "preset"
    pix_fmts: tuple[str, ...] = ("yuv420p",)
    two_pass: bool = False
    hdr10: bool = False
    program: bool = False
    hardware: bool = False
    fixed: Mapping[str, str] = field(default_factory=dict)

    def check(self, setting: "EncodeSetting") -> None:
        """Refuse a setting that this encoder cannot follow.

        Raises:
            UnknownNameError: There is no such preset or pixel format.
            UsageError: The quality is out of range, or an option is not free to choose.
        """
        if setting.preset and setting.preset not in self.presets:
            raise UnknownNameError(
                f"{self.name} has no preset {setting.preset!r}",
                f"It has: {', '.join(self.presets) or 'none'}.",
            )
        knob, value = self.knob, setting.quality
        if not knob.low <= value <= knob.high:
            raise UsageError(
                f"{knob.name} {value:g} is out of the range of {self.name}",
                f"It goes from {knob.low:g} to {knob.high:g}.",
            )
        if setting.pix_fmt and setting.pix_fmt not in self.pix_fmts:
            raise UnknownNameError(
                f"{self.name} does not take the pixel format {setting.pix_fmt!r}",
                f"It takes: {', '.join(self.pix_fmts)}.",
            )
        self._check_options(setting)

    def _check_options(self, setting: "EncodeSetting") -> None:
        """Refuse options that would decide what is decided already."""
        taken = dict.fromkeys((*_RATE_CONTROL, *filter(None, (self.knob.option, self.knob.name))))
        decided = dict.fromkeys(
            taken, f"vmafx sets {self.knob.name}; bounds are --min-quality and --max-quality."
        )
        if self.presets:
            decided[self.preset_option] = "Use --preset."
        decided["pix_fmt"] = "Use --enc-pix-fmt."
        if setting.keyframe_interval:
            decided |= dict.fromkeys(("g", "keyint_min"), "The length of segments decides it.")
        for name in _names(setting.options):
            if name in decided:
                raise UsageError(
                    f"the option {name!r} of {self.name} is not free to choose", decided[name]
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodeSetting:
    """How to encode: everything that, with the frames, decides the outcome.

    Attributes:
        encoder: The encoder's name.
        quality: The value of its quality knob.
        preset: Its preset; "" for the adapter's default.
        options: Further options of the encoder, name to value, in the order given.
        pix_fmt: Pixel format to encode; "" for the nearest one to the source that it takes.
        size: Width and height to encode at; None for the source's.
        keyframe_interval: Most frames from one key frame to the next; None for the encoder's own.
    """

    encoder: str
    quality: float
    preset: str = ""
    options: tuple[tuple[str, str], ...] = ()
    pix_fmt: str = ""
    size: tuple[int, int] | None = None
    keyframe_interval: int | None = None


def _names(options: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The names of options, and of those that are nested in them."""
    for name, value in options:
        yield name
        if name.endswith(NESTED_ENDING):
            yield from (part.partition("=")[0] for part in value.split(":"))
