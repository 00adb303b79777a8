"""What a running search tells: the events that every door of the program consumes.

Every search is a generator that yields these and ends with a `Done` that carries its own result
type. Closing the generator cancels the search and frees everything; what was measured is in the
cache by then.
"""

from dataclasses import dataclass

from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.media.types import VideoInfo
from vmafx_core.probing.points import Point
from vmafx_core.probing.windows import Window
from vmafx_core.scoring.events import Told


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sampled:
    """The sample is decoded: what every probe encodes and measures.

    Attributes:
        info: The source.
        windows: The parts of it, in order.
        whole: Whether they are all of it.
        frames: Pictures over all windows.
        duration: Seconds over all windows.
        digest: A hash over all pictures and their times.
    """

    info: VideoInfo
    windows: tuple[Window, ...]
    whole: bool
    frames: int
    duration: float
    digest: str


@dataclass(frozen=True, slots=True)
class Probing:
    """A probe begins.

    Attributes:
        setting: What is encoded.
        number: Which probe of this search, from 1.
        likely: How many there will probably be.
    """

    setting: EncodeSetting
    number: int
    likely: int


@dataclass(frozen=True, slots=True, eq=False)
class Probed:
    """A probe is measured, or was found in the cache.

    Attributes:
        point: What came out.
    """

    point: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced:
    """A long phase went on; comes a few times a second.

    Attributes:
        phase: "sampling", "encoding", "verifying", "detecting", ...: a verb in -ing.
        done: How much is done, in frames.
        total: How much there is; None where unknown.
        seconds: Wall time of this phase so far.
        kept: How many of those done an earlier run had done, before these seconds.
    """

    phase: str
    done: int
    total: int | None
    seconds: float
    kept: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Done[Result]:
    """All is done; the last event, once.

    Attributes:
        result: What the search found.
    """

    result: Result


type TuneEvent[Result] = Sampled | Told | Probing | Probed | Advanced | Done[Result]
