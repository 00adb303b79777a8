import hashlib
import stat
from pathlib import Path

import pytest

from vmafx_core.errors import UnknownNameError, UsageError
from vmafx_daemon.access.caller import Role
from vmafx_daemon.access.tokens import Tokens, add_token, read_tokens, remove_token


def test_a_token_is_kept_as_its_hash_for_its_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "tokens"
    secret = add_token(file, "ci", Role.READ)
    digest = hashlib.sha256(secret.encode()).hexdigest()
    assert file.read_text() == f"read ci {digest}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(secret) > 43
    assert [p.name for p in file.parent.iterdir()] == ["tokens"]


def test_tokens_are_found_by_what_their_bearers_have(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    secrets = {name: add_token(file, name, Role.WRITE) for name in ("a", "b")}
    tokens = Tokens(file)
    for name, secret in secrets.items():
        found = tokens.find(secret)
        assert found is not None
        assert found.name == name
    for wrong in ("", "vmafx_", secrets["a"][:-1], secrets["a"] + "x", "é"):
        assert tokens.find(wrong) is None


def test_changes_hold_at_once(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    tokens = Tokens(file)
    assert not tokens.wanted
    secret = add_token(file, "a", Role.READ)
    assert tokens.find(secret)
    remove_token(file, "a")
    assert tokens.find(secret) is None
    assert tokens.wanted


@pytest.mark.parametrize(
    "text", ["write a secret", "admin a " + "0" * 64, "read a", "read a " + "0" * 64 + " b", "\xff"]
)
def test_a_line_that_is_no_token_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "tokens"
    file.write_text(f"# made by hand\n\n{text}\n")
    file.chmod(0o600)
    with pytest.raises(UsageError):
        read_tokens(file)


def test_a_file_that_others_may_write_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    add_token(file, "a", Role.READ)
    file.chmod(0o620)
    with pytest.raises(UsageError, match="others may write"):
        read_tokens(file)


def test_of_a_file_that_became_unusable_no_token_is_right(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    secret = add_token(file, "a", Role.READ)
    tokens = Tokens(file)
    assert tokens.find(secret)
    file.write_text("nonsense\n")
    for _ in range(2):
        with pytest.raises(UsageError):
            tokens.find(secret)


def test_names_are_used_once_and_are_plain(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    add_token(file, "a", Role.READ)
    with pytest.raises(UsageError, match="already"):
        add_token(file, "a", Role.WRITE)
    for name in ("", "a b", "a\n", "x" * 65, "#"):
        with pytest.raises(UsageError, match="cannot be"):
            add_token(file, name, Role.READ)
    with pytest.raises(UnknownNameError):
        remove_token(file, "b")
    assert [token.name for token in read_tokens(file)] == ["a"]
