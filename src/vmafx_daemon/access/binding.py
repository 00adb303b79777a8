"""Whether a daemon may listen where it is told to."""

from vmafx_core.errors import UsageError
from vmafx_daemon.access.peer import is_loopback
from vmafx_daemon.access.tls import check_certificates
from vmafx_daemon.access.tokens import read_tokens
from vmafx_daemon.settings import Settings


def check_binding(settings: Settings) -> None:
    """Refuse to be open to other machines without knowing who calls.

    Raises:
        UsageError: Others could do what they want; or a file of tokens or certificates is unusable.
    """
    access = settings.access
    check_certificates(access)
    tokens = read_tokens(access.token_file) if access.token_file else ()
    if is_loopback(settings.host) or tokens or access.client_authority:
        return
    raise UsageError(
        f"on {settings.host} everybody who reaches this machine could have it work",
        "Make a token (vmafx daemon token add NAME), ask for clients' certificates "
        "(--client-ca), or listen on 127.0.0.1.",
    )
