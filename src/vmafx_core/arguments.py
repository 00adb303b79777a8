"""Checks of what programs hand over; the command line refuses the same before it gets here."""

import math
from collections.abc import Iterable
from fractions import Fraction

from vmafx_core.errors import UsageError


def check_number(
    what: str,
    value: float | Fraction | None,
    *,
    least: float = -math.inf,
    most: float = math.inf,
    above: float = -math.inf,
) -> None:
    """Refuse what is out of range, or no finite number; None, for what is not given, is neither.

    Args:
        what: Its name.
        value: The number.
        least: The lowest that it may be.
        most: The highest; with `least` only.
        above: A number that it has to be greater than.

    Raises:
        UsageError: It is out of range.
    """
    if value is None or (math.isfinite(value) and least <= value <= most and value > above):
        return
    if math.isfinite(most):
        allowed = f"{least:g} to {most:g}"
    elif math.isfinite(least):
        allowed = f"at least {least:g}"
    else:
        allowed = f"above {above:g}" if math.isfinite(above) else "a number"
    raise UsageError(f"{what} must be {allowed}, not {value}")


def listed[Item](what: str, values: Iterable[Item]) -> tuple[Item, ...]:
    """Several values; a lone string is not taken for its letters.

    Args:
        what: What they are.
        values: The values.

    Raises:
        UsageError: It is a string.
    """
    if isinstance(values, str):
        raise UsageError(f"{what} is one string, {values!r}", f"Give a list: [{values!r}].")
    return tuple(values)
