"""Options that turn scoring into a test that can fail."""

from dataclasses import dataclass
from typing import Annotated

from vmafx_cli.options import names, panels
from vmafx_cli.options.groups import option


@dataclass(frozen=True, slots=True, kw_only=True)
class GateOptions:
    """What scores must reach; the fields are the options."""

    require: Annotated[
        list[str] | None,
        option(
            "--require",
            panel=panels.GATE,
            metavar="'METRIC[:POOL]>=X'",
            complete=names.requirements,
            help="Exit with 1 unless every distorted video meets this; also with >, <= and <; "
            "repeatable.",
        ),
    ] = None
    allow_mismatch: Annotated[
        bool,
        option(
            "--allow-mismatch",
            panel=panels.GATE,
            metavar="",
            help="Let videos of different length meet requirements by their common frames.",
        ),
    ] = False
    junit: Annotated[
        str | None,
        option(
            "--junit",
            panel=panels.GATE,
            metavar="FILE.xml",
            help="Write how the requirements came out as JUnit XML.",
        ),
    ] = None
