"""How numbers of encodes are written for people."""

import math
from collections.abc import Callable


def fixed(digits: int, unit: str = "") -> Callable[[float | None], str]:
    """A form with so many digits behind the point, and a unit behind that."""

    def form(value: float | None) -> str:
        if value is None or not math.isfinite(value):
            return "-"
        return f"{value:.{digits}f}{unit and f' {unit}'}"

    return form


def general(value: float | None) -> str:
    """A number with no more digits than it needs."""
    return "-" if value is None else f"{value:g}"


def score(value: float | None) -> str:
    """A pooled value, with as many digits as its size deserves."""
    if value is None or not math.isfinite(value):
        return "-"
    return f"{value:.{2 if abs(value) >= 10 else 4}f}"


def bit_rate(value: float | None) -> str:
    """Bits a second, as "850 kb/s" or "12.5 Mb/s"."""
    if value is None or not math.isfinite(value):
        return "-"
    return f"{value / 1e3:.0f} kb/s" if value < 9_999_500 else f"{value / 1e6:.4g} Mb/s"


def size(value: float | None) -> str:
    """Bytes, as "920 kB", "12.5 MB" or "1.25 GB"."""
    if value is None or not math.isfinite(value):
        return "-"
    if value < 999_500:
        return f"{value / 1e3:.0f} kB"
    return f"{value / 1e6:.1f} MB" if value < 999_950_000 else f"{value / 1e9:.2f} GB"


def clock(seconds: float | None) -> str:
    """Seconds as "4.2 s", "3:05" or "1:02:09"."""
    if seconds is None or not math.isfinite(seconds):
        return "-"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
