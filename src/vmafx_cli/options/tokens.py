"""Options that say where a daemon's tokens are."""

from pathlib import Path
from typing import Annotated

from vmafx_cli.options import panels
from vmafx_cli.options.groups import option

TokenFile = Annotated[
    Path | None,
    option(
        "--token-file",
        panel=panels.ACCESS,
        metavar="FILE",
        envvar="VMAFX_TOKEN_FILE",
        default="tokens in the state folder",
        help="The tokens that callers need, as 'vmafx daemon token' writes them.",
    ),
]


def token_file(given: Path | None) -> Path:
    """Where the tokens are."""
    from vmafx_rpc.addresses import default_state  # help does without

    return given or default_state() / "tokens"
