"""Targets: requirements that an encode is to meet with as few bits as it can."""

from vmafx_core.errors import UsageError
from vmafx_core.scoring.requirements import Requirement, parse


def parse_target(text: str) -> Requirement:
    """Read a target: a requirement such as `vmaf:p5>=88`, or a number for the mean VMAF.

    Raises:
        UsageError: The text is neither.
        UnknownNameError: There is no such pool.
    """
    try:
        value = float(text)
    except ValueError:
        return parse(text)
    if not 0 < value <= 110:
        raise UsageError(f"the target {text} is no VMAF score", "Name one above 0, up to 100.")
    return parse(f"vmaf>={value:g}")
