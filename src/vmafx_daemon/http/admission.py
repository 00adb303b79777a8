"""Who may ask for what by HTTP, and whose pages may.

A browser sends requests for every page that it shows, also to this machine, where no token is
needed. Whoever may ask without one is therefore asked two more things: that it calls this server
by an address or as localhost, for any name can be made to lead here, unless a certificate says
otherwise; and, of what changes something, that no other server's page sent it.
"""

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import Request

from vmafx_daemon.access.caller import Caller, Role
from vmafx_daemon.access.policy import Policy
from vmafx_daemon.errors import DeniedError
from vmafx_daemon.http.authentication import caller_of
from vmafx_daemon.http.problems import RequestError
from vmafx_daemon.http.responses import JSON

_ANYBODY = Caller("anybody", Role.READ)
# What programs send that do not say what they send; browsers say more than that.
_UNSAID = ("", "application/x-www-form-urlencoded")
_OWN_PAGES = ("same-origin", "none")


class Admission:
    """Decides about every request.

    Args:
        policy: Who may do what.
        host: What the server was told to listen on; a name that it may be called by.
    """

    def __init__(self, policy: Policy, host: str) -> None:
        self._policy = policy
        self._names = {"localhost", host.lower()}

    def admit(self, request: Request, role: Role | None) -> Caller:
        """Find out who asks, and whether it may.

        Args:
            request: The request.
            role: What it needs; None where anybody may.

        Raises:
            UnknownCallerError: It has not said who it is, or wrongly.
            DeniedError: It may not, or is another server's page.
        """
        if role is None:
            return _ANYBODY
        if request.method not in {"GET", "HEAD"} and not _own(request):
            raise DeniedError("pages of other servers may change nothing here")
        caller = caller_of(request.scope, self._policy)
        self._policy.require(caller, role)
        known = self._policy.wants_tokens() or request.scope["scheme"] == "https"
        if not known and not self._is_named_rightly(request):
            raise DeniedError(
                f"this server is not called {request.headers.get('host', '')[:100]!r}",
                "Call it by its address.",
            )
        return caller

    def check_type(self, request: Request) -> None:
        """Refuse a body that is not said to be JSON.

        Raises:
            RequestError: It is of another type, or a browser does not say of which.
        """
        said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if said != JSON and (said not in _UNSAID or _by_browser(request)):
            raise RequestError(
                415,
                f"the content type is {said[:100]!r}",
                f"Send it as {JSON}.",
                {"Accept": JSON},
            )

    def _is_named_rightly(self, request: Request) -> bool:
        try:
            name = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
        except ValueError:
            return False
        if name in self._names:
            return True
        try:
            ipaddress.ip_address(name.partition("%")[0])
        except ValueError:
            return False
        return True


def _by_browser(request: Request) -> bool:
    return not {"origin", "sec-fetch-site"}.isdisjoint(request.headers.keys())


def _own(request: Request) -> bool:
    """Whether a request is no browser's, or one for a page of this server."""
    site = request.headers.get("sec-fetch-site", "none")
    origin = request.headers.get("origin")
    own = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    return own and site in _OWN_PAGES
