"""Which options of encoders callers may set who may not name any file.

Encoders read and write files by some of their options: statistics of a pass, tables, logs. Each
encoder has its own, and newer ones have more. So numbers are allowed for all options but those
whose names sound of files, and words for those alone that are known to take no file.
"""

import re
from collections.abc import Iterable, Iterator

from vmafx_daemon.errors import DeniedError

# Options that hold options of the encoder's own, as name=value:name=value.
_NESTED = re.compile(r"\w+-(?:params|opts)")
_NUMBERS = re.compile(r"[-+]?\d[\d.,:/x+-]*|true|false|yes|no|on|off|auto|none|")
_OF_FILES = re.compile(
    r"file|pass|flags|stat(?!ic)|csv|log|dump|save|load|table|lambda|cqm|list|recon|map|info|path|dir"
    r"|input|output|exec|dolby|dhdr|device|roi"
)
_NAME = re.compile(r"[a-z0-9-]+")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.,+-]*")
_OF_WORDS = frozenset(
    {
        "aq-mode", "color-primaries", "color-range", "color-trc", "colormatrix", "colorprim",
        "colorspace", "deadline", "direct-pred", "interlaced", "level", "level-idc", "me",
        "motion-est", "nal-hrd", "overscan", "partitions", "preset", "profile", "range", "rc",
        "speed", "tier", "transfer", "tune", "usage", "videoformat", "weightp",
    }
)  # fmt: skip


def check_options(options: Iterable[tuple[str, str]]) -> None:
    """Refuse options with which an encoder might read or write a file.

    Args:
        options: Names and values.

    Raises:
        DeniedError: One is not allowed.
    """
    for name, value in _each(options):
        plain = _NAME.fullmatch(name) and not _OF_FILES.search(name) and _NUMBERS.fullmatch(value)
        if not plain and not (name in _OF_WORDS and _WORD.fullmatch(value)):
            raise DeniedError(
                f"the encoder's option {name}={value} may not be set from afar",
                "Numbers may, of options that do not concern files, and some well-known words.",
            )


def _each(options: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Names in their usual form, with their values; those inside others, too."""
    for name, value in options:
        if _NESTED.fullmatch(name):
            parts = (part.partition("=") for part in value.split(":") if part)
            yield from ((_usual(inner), given) for inner, _, given in parts)
        else:
            yield _usual(name), value


def _usual(name: str) -> str:
    return name.lower().replace("_", "-")
