"""What the contract says of its messages and their fields, in its own words."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from vmafx_rpc import stubs


def comment_on(name: str) -> str:
    """What it says of a message, a field or an enumeration.

    Args:
        name: The full name: "vmafx.v1.ScoreTask.reference".
    """
    return _all().get(name, "")


@cache
def _all() -> Mapping[str, str]:
    read: dict[str, str] = json.loads((files(stubs) / "comments.json").read_text("utf-8"))
    return read
