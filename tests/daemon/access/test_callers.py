from pathlib import Path

import pytest

from vmafx_core.errors import UsageError
from vmafx_daemon.access.caller import Caller, Role
from vmafx_daemon.access.peer import Peer
from vmafx_daemon.access.policy import Policy
from vmafx_daemon.access.tokens import add_token
from vmafx_daemon.errors import DeniedError, UnknownCallerError
from vmafx_daemon.server import check_binding
from vmafx_daemon.settings import AccessSettings, LimitSettings, Settings

NEAR = Peer("127.0.0.1")
FAR = Peer("203.0.113.7")


def policy(**access: object) -> Policy:
    return Policy(AccessSettings(**access), LimitSettings())  # type: ignore[arg-type]


@pytest.fixture
def tokens(tmp_path: Path) -> tuple[Path, str, str]:
    """A file of two tokens, one to read and one to write with."""
    file = tmp_path / "tokens"
    return file, add_token(file, "looker", Role.READ), add_token(file, "doer", Role.WRITE)


def test_the_socket_is_its_owners() -> None:
    caller = policy().authenticate("Bearer whatever", Peer("", socket=True))
    assert caller.owner
    assert caller.role is Role.WRITE


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_this_machine_needs_no_token(address: str) -> None:
    assert policy().authenticate(None, Peer(address)) == Caller(address, Role.WRITE)


@pytest.mark.parametrize("address", ["203.0.113.7", "::2", "::ffff:10.0.0.1", "10.0.0.1", "?"])
def test_other_machines_need_one(address: str) -> None:
    for authorization in (None, "", "Bearer x"):
        with pytest.raises(UnknownCallerError, match="token is needed"):
            policy().authenticate(authorization, Peer(address))


def test_a_token_says_who_calls(tokens: tuple[Path, str, str]) -> None:
    file, reads, writes = tokens
    decides = policy(token_file=file)
    assert decides.authenticate(f"Bearer {reads}", FAR) == Caller("looker", Role.READ)
    assert decides.authenticate(f"bearer {writes}", NEAR) == Caller("doer", Role.WRITE)


def test_once_there_are_tokens_this_machine_needs_one_too(tokens: tuple[Path, str, str]) -> None:
    decides = policy(token_file=tokens[0])
    with pytest.raises(UnknownCallerError, match="token is needed"):
        decides.authenticate(None, NEAR)


@pytest.mark.parametrize("peer", [NEAR, FAR])
def test_a_wrong_token_is_refused(tokens: tuple[Path, str, str], peer: Peer) -> None:
    file, reads, _ = tokens
    decides = policy(token_file=file)
    for wrong in ("Bearer x", "Bearer", "", f"Basic {reads}", reads, f"Bearer {reads}x"):
        with pytest.raises(UnknownCallerError, match="wrong"):
            decides.authenticate(wrong, peer)


def test_an_unusable_file_of_tokens_lets_nobody_in(tokens: tuple[Path, str, str]) -> None:
    file, reads, _ = tokens
    decides = policy(token_file=file)
    file.write_text("nonsense")
    for authorization in (None, f"Bearer {reads}"):
        with pytest.raises(UnknownCallerError):
            decides.authenticate(authorization, NEAR)


def test_a_certificate_says_who_calls(tmp_path: Path) -> None:
    decides = policy(client_authority=tmp_path / "ca.pem")
    assert decides.authenticate(None, Peer("::2", subject="a")) == Caller("a", Role.WRITE)
    reader = Peer("::2", subject="b", units=("x", "read"))
    assert decides.authenticate(None, reader) == Caller("b", Role.READ)
    with pytest.raises(UnknownCallerError):
        decides.authenticate(None, NEAR)


def test_roles_include_the_ones_before() -> None:
    decides = policy()
    for role in Role:
        decides.require(Caller("a", Role.WRITE), role)
    decides.require(Caller("a", Role.READ), Role.READ)
    with pytest.raises(DeniedError, match="a may only read"):
        decides.require(Caller("a", Role.READ), Role.WRITE)


def settings(tmp_path: Path, host: str, **access: object) -> Settings:
    given = AccessSettings(**access)  # type: ignore[arg-type]
    return Settings(state=tmp_path, socket=None, host=host, access=given)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.5"])
def test_a_daemon_may_always_listen_to_its_own_machine(tmp_path: Path, host: str) -> None:
    check_binding(settings(tmp_path, host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.org", ""])
def test_elsewhere_only_with_tokens(
    tmp_path: Path, host: str, tokens: tuple[Path, str, str]
) -> None:
    for file in (None, tmp_path / "none"):
        with pytest.raises(UsageError, match="everybody"):
            check_binding(settings(tmp_path, host, token_file=file))
    check_binding(settings(tmp_path, host, token_file=tokens[0]))
