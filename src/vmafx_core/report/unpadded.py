"""Printing tables without the spaces that fill their last column up."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment


@dataclass(frozen=True, slots=True)
class Unpadded:
    """Something rich can print, without the spaces at the ends of its lines.

    Nobody sees them on a terminal; in a file or a diff they are noise.

    Attributes:
        content: What is printed.
    """

    content: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for line in Segment.split_lines(console.render(self.content, options)):
            while line and not line[-1].text.strip():
                line.pop()
            if line:
                last = line.pop()
                yield from line
                yield Segment(last.text.rstrip(), last.style)
            yield Segment.line()
