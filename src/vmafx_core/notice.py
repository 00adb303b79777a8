"""What a run has to tell its user besides the numbers."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a notice matters."""

    INFO = "info"
    """Something was done that the user may want to know: a conversion, a choice."""
    WARNING = "warning"
    """The scores may not mean what they seem to."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell.

    Attributes:
        code: A stable identifier for scripts, in kebab-case: "frame-count", "scaled", ...
        text: One sentence for people, naming the file or value it is about.
        level: Whether it is information or a warning.
    """

    code: str
    text: str
    level: Level = Level.WARNING


def counted(number: int, noun: str) -> str:
    """A number of things in words: "1 frame", "2 frames"."""
    return f"{number} {noun}" + ("" if abs(number) == 1 else "s")


def info(code: str, text: str) -> Notice:
    """A notice that reports something done as asked or as needed."""
    return Notice(code, text, Level.INFO)


def warning(code: str, text: str) -> Notice:
    """A notice that the scores may not mean what they seem to."""
    return Notice(code, text, Level.WARNING)
