from pathlib import Path

import pytest

from vmafx_core.errors import UsageError
from vmafx_rpc.addresses import Address, default_socket, is_meant_as_address, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("unix:/run/x.sock", Address("unix:/run/x.sock", local=True)),
        ("localhost:9090", Address("localhost:9090", local=True)),
        ("127.0.0.1:9090", Address("127.0.0.1:9090", local=True)),
        ("[::1]:9090", Address("[::1]:9090", local=True)),
        ("studio:9090", Address("studio:9090", local=False)),
        ("grpc://studio:9090", Address("studio:9090", local=False)),
        ("grpcs://studio.example:443", Address("studio.example:443", local=False, tls=True)),
    ],
)
def test_an_address_says_where_a_daemon_is_and_how_it_is_spoken_to(
    text: str, address: Address
) -> None:
    assert parse_address(text) == address
    assert is_meant_as_address(text)
    assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    "text", ["", "studio", "unix:", "studio:0", "studio:70000", "http://a:1", "a b:1", "a:1/b"]
)
def test_what_is_no_address_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_address(text)
    assert repr(text) in refused.value.message
    assert "HOST:PORT" in refused.value.hint


@pytest.mark.parametrize("word", ["ref.mp4", "-", "/media/ref.mp4", "C:\\ref.mp4", "https://a/b"])
def test_a_video_is_not_taken_for_an_address(word: str) -> None:
    assert not is_meant_as_address(word)


@pytest.mark.parametrize(
    "word", ["localhost", "http://studio:8080", "https://studio/", "grpcs://studio", "studio:99999"]
)
def test_what_is_almost_an_address_is_not_taken_for_a_video(word: str) -> None:
    assert is_meant_as_address(word)
    with pytest.raises(UsageError):
        parse_address(word)


def test_the_default_is_the_environments_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VMAFX_CONTROLLER", "studio:9090")
    assert parse_address("default").target == "studio:9090"


def test_the_environment_is_named_where_its_address_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VMAFX_CONTROLLER", "studio")
    with pytest.raises(UsageError, match="VMAFX_CONTROLLER: 'studio' is no address"):
        parse_address("default")


def test_without_one_it_is_the_socket_of_this_users_daemon(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("VMAFX_CONTROLLER", raising=False)
    monkeypatch.setenv("VMAFX_STATE_DIR", str(tmp_path))
    assert default_socket() == tmp_path / "daemon.sock"
    assert parse_address("default") == Address(f"unix:{tmp_path}/daemon.sock", local=True)
