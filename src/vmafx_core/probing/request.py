"""What every search is asked: what quality is, and on which part of the source it is measured."""

from dataclasses import dataclass

from vmafx_core.arguments import check_number
from vmafx_core.errors import UsageError
from vmafx_core.libvmaf.specs import FeatureSpec, ModelSpec
from vmafx_core.media.locations import is_pipe, name_of
from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.request import DEFAULT_MODEL


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which part of a source the probes encode.

    Attributes:
        windows: How many contiguous windows; None for as many as its length asks for.
        seconds: Length of one window.
        whole: Use all of the source instead.
    """

    windows: int | None = None
    seconds: float = 4.0
    whole: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no sample.

        Raises:
            UsageError: It has no window, or windows without a length.
        """
        check_number("windows", self.windows, least=1)
        check_number("seconds", self.seconds, above=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    """How settings are measured.

    Attributes:
        models: Models to predict with.
        features: Further features to extract.
        sampling: On which part of the source.
        display: Width and height at which quality is measured; None for the source's.
        threads: Threads for encoding and scoring; None for the CPUs this process may use.
        cache: Whether points are taken from, and left in, the cache on disk.
    """

    models: tuple[ModelSpec, ...] = (ModelSpec(version=DEFAULT_MODEL),)
    features: tuple[FeatureSpec, ...] = ()
    sampling: Sampling = Sampling()
    display: tuple[int, int] | None = None
    threads: int | None = None
    cache: bool = True


def check_rereadable(source: InputSpec) -> None:
    """Refuse a source that cannot be read more than once.

    Raises:
        UsageError: It is a pipe.
    """
    if is_pipe(source.location):
        raise UsageError(
            f"{name_of(source.location)}: cannot be read more than once", "Save it to a file first."
        )
