"""Options that say on what a run is carried out."""

from typing import Annotated

from vmafx_cli.options import panels
from vmafx_cli.options.groups import option
from vmafx_core.backends.providers import AUTO, Wish, parse_wish

Device = Annotated[
    Wish,
    option(
        "--device",
        panel=panels.RUNNING,
        metavar="DEVICE",
        parser=parse_wish,
        default=AUTO,
        help="Where neural models run: cpu, cuda:1, openvino:GPU... See 'vmafx devices'.",
    ),
]
