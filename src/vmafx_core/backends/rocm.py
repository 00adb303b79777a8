"""What AMD's `rocm-smi` tells of cards."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass

from vmafx_core.backends.program import printed

# Where ROCm is installed, which is not always where programs are looked for.
_PROGRAMS = ("rocm-smi", "/opt/rocm/bin/rocm-smi")
_QUERY = ("--showbus", "--showproductname", "--showmeminfo", "vram", "--json")
# The name, as releases of it call it.
_NAMES = ("Card Series", "Card series")


@dataclass(frozen=True, slots=True)
class Card:
    """A card.

    Attributes:
        name: What it is called; "" where that is not known.
        memory: Bytes of its own; None where they are not known.
    """

    name: str = ""
    memory: int | None = None


def cards() -> Mapping[str, Card]:
    """The cards by their addresses on the PCI bus; none where there is no such program."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), "")
    return parse(printed(program, *_QUERY)) if program else {}


def parse(told: str) -> Mapping[str, Card]:
    """The cards in what `rocm-smi --json` prints, behind lines of warnings."""
    try:
        listed = json.loads(told[told.index("{") :])
    except ValueError:
        return {}
    return {
        str(about["PCI Bus"]).lower(): _card(about)
        for about in listed.values()
        if isinstance(about, dict) and "PCI Bus" in about
    }


def _card(about: Mapping[str, object]) -> Card:
    name = next((str(about[key]) for key in _NAMES if key in about), "")
    memory = str(about.get("VRAM Total Memory (B)", ""))
    return Card("" if name == "N/A" else name, int(memory) if memory.isdecimal() else None)
