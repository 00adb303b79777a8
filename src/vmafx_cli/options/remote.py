"""Options that say at which daemon the work is done."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vmafx_cli.options import panels
from vmafx_cli.options.addresses import REMOTE
from vmafx_cli.options.groups import option, typed
from vmafx_core.errors import InputError, UsageError

if TYPE_CHECKING:
    from vmafx_core.probing.prober import Prober
    from vmafx_rpc.addresses import Address
    from vmafx_rpc.client import Client

_CONTROLLER = "VMAFX_CONTROLLER"
_TOKEN = "VMAFX_CONTROLLER_TOKEN"  # noqa: S105  # the name of one


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteOptions:
    """At which daemon the work is done, if at any; the fields are the options."""

    remote: Annotated[
        str | None,
        option(
            REMOTE,
            panel=panels.REMOTE,
            metavar="[ADDRESS]",
            default=f"${_CONTROLLER}, if set",
            help="Have a daemon do it: HOST:PORT, grpcs://HOST:PORT or unix:PATH; without an "
            "address, this user's own.",
        ),
    ] = None
    token_file: Annotated[
        str | None,
        option(
            "--token-file",
            panel=panels.REMOTE,
            metavar="FILE",
            envvar="VMAFX_CONTROLLER_TOKEN_FILE",
            default=f"${_TOKEN}, if set",
            help="The token to show to the daemon.",
        ),
    ] = None
    ca_file: Annotated[
        str | None,
        option(
            "--ca-file",
            panel=panels.REMOTE,
            metavar="FILE.pem",
            envvar="VMAFX_CONTROLLER_CA_FILE",
            default="the system's",
            help="Authorities that the daemon's certificate is checked by.",
        ),
    ] = None
    cert_file: Annotated[
        str | None,
        option(
            "--cert-file",
            panel=panels.REMOTE,
            metavar="FILE.pem",
            envvar="VMAFX_CONTROLLER_CERT_FILE",
            help="The certificate to show to the daemon.",
        ),
    ] = None
    key_file: Annotated[
        str | None,
        option(
            "--key-file",
            panel=panels.REMOTE,
            metavar="FILE.pem",
            envvar="VMAFX_CONTROLLER_KEY_FILE",
            help="Its private key.",
        ),
    ] = None

    @property
    def wanted(self) -> bool:
        """Whether a daemon is to do the work."""
        return bool(self.remote or os.environ.get(_CONTROLLER))

    def address(self) -> "Address":
        """Where the daemon is.

        Raises:
            UsageError: What was given is no address.
        """
        from vmafx_rpc.addresses import DEFAULT, parse_address

        return parse_address(self.remote or DEFAULT)

    def client(self) -> "Client":
        """A connection to the daemon, which nothing was said on yet.

        Raises:
            UsageError: An address, token, certificate or key is none.
            InputError: A file cannot be read.
        """
        from vmafx_rpc.client import Client, Identity  # loads gRPC

        return Client(
            self.address(),
            Identity(
                token=_token(self.token_file),
                authority=_bytes(self.ca_file),
                certificate=_bytes(self.cert_file),
                key=_bytes(self.key_file),
            ),
        )

    @contextmanager
    def prober(self) -> "Iterator[Prober]":
        """Where searches have settings measured: at the daemon, if that is wanted, or here.

        Raises:
            VmafxError: As for `client`.
        """
        if not self.wanted:
            from vmafx_core.probing.measure import LOCAL_PROBER

            yield LOCAL_PROBER
            return
        from vmafx_rpc.prober import DaemonProber  # loads gRPC

        with self.client() as client:
            yield DaemonProber(client)


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadOptions(RemoteOptions):
    """The same, where videos can be sent to it, and it may know the result already."""

    upload: Annotated[
        bool,
        option(
            "--upload",
            panel=panels.REMOTE,
            metavar="",
            help="Let the daemon read the videos through this program, which it does anyway where "
            "one is a pipe.",
        ),
    ] = False
    no_cache: Annotated[
        bool,
        option(
            "--no-cache",
            panel=panels.REMOTE,
            metavar="",
            help="Have it scored anew, though the daemon has the result of an equal job.",
        ),
    ] = False

    def check(self, ctx: typer.Context) -> None:
        """Refuse to send videos to nobody, where that was typed.

        Raises:
            UsageError: No daemon is named.
        """
        if typed(ctx, "upload") and not self.wanted:
            raise UsageError(
                "--upload sends the videos to a daemon, but none is named",
                "Name it with --remote, or leave --upload out.",
            )


def _token(path: str | None) -> str:
    """The token of a file, the last word of its first line, or that of the environment."""
    if path is None:
        return os.environ.get(_TOKEN, "")
    words = (_bytes(path) or b"").decode("utf-8", "replace").split("\n")[0].split()
    if not words or not words[-1].isascii():
        raise UsageError(f"{path}: holds no token", "Make one with 'vmafx daemon token'.")
    return words[-1]


def _bytes(path: str | None) -> bytes | None:
    try:
        return Path(path).read_bytes() if path else None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
