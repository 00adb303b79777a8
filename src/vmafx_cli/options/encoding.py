"""Options that say how videos are encoded."""

from dataclasses import dataclass
from typing import Annotated

from vmafx_cli.options import names, panels, values
from vmafx_cli.options.groups import option
from vmafx_core.encoders.contract import EncodeSetting

Passed = Annotated[
    list[values.Assignment] | None,
    option(
        "--enc",
        panel=panels.ENCODED,
        metavar="KEY=VALUE",
        parser=values.assignment,
        help="Give the encoder this option too, in FFmpeg's names: g=240, "
        "x265-params=aq-mode=3; repeatable.",
    ),
]
EncodedFormat = Annotated[
    str | None,
    option(
        "--enc-pix-fmt",
        panel=panels.ENCODED,
        metavar="NAME",
        complete=names.pixel_formats,
        default="nearest to the source's",
        help="Pixel format to encode: yuv420p10le.",
    ),
]

AudioOption = Annotated[
    str,
    option(
        "--audio",
        panel=panels.ENCODED,
        metavar="copy|none|CODEC[:RATE]",
        default="copy",
        help="What becomes of the audio: aac:128k, libopus:96k.",
    ),
]


def encode_setting(
    encoder: str,
    preset: str | None,
    passed: list[values.Assignment] | None,
    pix_fmt: str | None,
) -> EncodeSetting:
    """How to encode, at the quality that the encoder's own users begin with.

    Args:
        encoder: The encoder's name.
        preset: Its preset; None for its default.
        passed: Further options for it.
        pix_fmt: Pixel format to encode; None for that nearest to the source's.

    Raises:
        UnknownNameError: If there is no such encoder, preset or pixel format.
    """
    from vmafx_core.encoders.catalogue import find_encoder  # help does without

    known = find_encoder(encoder)
    setting = EncodeSetting(
        encoder=known.name,
        quality=known.knob.default,
        preset=preset or "",
        options=tuple(passed or ()),
        pix_fmt=pix_fmt or "",
    )
    known.check(setting)
    return setting


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderOptions:
    """Which encoder is used, and how; the fields are the options."""

    encoder: Annotated[
        str,
        option(
            "--encoder",
            "-e",
            panel=panels.ENCODED,
            metavar="NAME",
            parser=values.encoder,
            complete=names.encoders,
            show_default=True,
            help="The encoder, by FFmpeg's name; see 'vmafx encoders'.",
        ),
    ] = "libx264"
    preset: Annotated[
        str | None,
        option(
            "--preset",
            panel=panels.ENCODED,
            metavar="NAME",
            complete_among=names.presets,
            default="the encoder's",
            help="Its preset: how much time it takes.",
        ),
    ] = None
    enc: Passed = None
    enc_pix_fmt: EncodedFormat = None

    def setting(self) -> EncodeSetting:
        """How to encode, at the quality that the encoder's own users begin with.

        Raises:
            UnknownNameError: If there is no such encoder, preset or pixel format.
        """
        return encode_setting(self.encoder, self.preset, self.enc, self.enc_pix_fmt)
