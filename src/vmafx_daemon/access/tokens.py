"""Tokens: a file of names, roles and hashes.

A line is a role, a name and the SHA-256 of the token, in hexadecimal digits. A token has 256 random
bits, so that its hash gives nothing away and cannot be guessed from.
"""

import hashlib
import hmac
import os
import re
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from vmafx_core.errors import UnknownNameError, UsageError, WorkError
from vmafx_daemon.access.caller import Role

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_HASH = re.compile(r"[0-9a-f]{64}")
_ROLES = {role.name.lower(): role for role in Role}


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token.

    Attributes:
        name: Whose it is.
        role: What its bearer may do.
        digest: SHA-256 of the token, in hexadecimal digits.
    """

    name: str
    role: Role
    digest: str

    @property
    def line(self) -> str:
        """As it stands in the file."""
        return f"{self.role.name.lower()} {self.name} {self.digest}\n"


def read_tokens(path: Path) -> tuple[Token, ...]:
    """The tokens of a file, none where there is no file.

    Raises:
        UsageError: It cannot be read, others may write it, or a line is wrong.
    """
    try:
        with path.open(encoding="ascii") as file:
            if os.fstat(file.fileno()).st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                raise UsageError(f"{path}: others may write it", f"Run chmod 600 {path}.")
            return tuple(_read(line, f"{path}:{number}") for number, line in _lines(file.read()))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UsageError(f"{path}: cannot be read: {reason}") from error


def _lines(text: str) -> list[tuple[int, str]]:
    numbered = enumerate(text.splitlines(), start=1)
    return [(n, line) for n, line in numbered if line.strip() and not line.startswith("#")]


def _read(line: str, where: str) -> Token:
    match line.split():
        case [role, name, digest] if (
            role in _ROLES and _NAME.fullmatch(name) and _HASH.fullmatch(digest)
        ):
            return Token(name, _ROLES[role], digest)
    raise UsageError(
        f"{where}: is no token",
        "A line is a role (read or write), a name and a hash; vmafx daemon token writes it.",
    )


def add_token(path: Path, name: str, role: Role) -> str:
    """Make a new token; only its bearer has it afterwards.

    Args:
        path: The file; made where there is none.
        name: Whose it is.
        role: What its bearer may do.

    Raises:
        UsageError: The name is taken, or cannot be one.
        WorkError: The file cannot be written.
    """
    tokens = read_tokens(path)
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be a token's name", "Use letters, digits, '.', '_', '@' and '-'."
        )
    if any(token.name == name for token in tokens):
        raise UsageError(f"there is a token {name!r} already", "Remove it first.")
    secret = f"vmafx_{secrets.token_urlsafe(32)}"
    _write(path, (*tokens, Token(name, role, _digest(secret))))
    return secret


def remove_token(path: Path, name: str) -> None:
    """Make a token worthless.

    Raises:
        UnknownNameError: There is none of that name.
        UsageError: The file cannot be read.
        WorkError: The file cannot be written.
    """
    tokens = read_tokens(path)
    left = tuple(token for token in tokens if token.name != name)
    if len(left) == len(tokens):
        raise UnknownNameError.of("token", name, [token.name for token in tokens])
    _write(path, left)


def _write(path: Path, tokens: tuple[Token, ...]) -> None:
    """Write the file anew, at once, for this user alone."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.writelines(token.line for token in tokens)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink()
            raise
    except OSError as error:
        raise WorkError(f"{path}: cannot be written: {error.strerror}") from error


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class Tokens:
    """The tokens of a file, read again when it changes.

    Args:
        path: The file; None for no tokens.

    Raises:
        UsageError: The file cannot be used.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._state = self._now()
        self._tokens = read_tokens(path) if path else ()
        self._wanted = bool(self._tokens)

    @property
    def wanted(self) -> bool:
        """Whether callers need one; once there was one, that stays so."""
        self._refresh()
        return self._wanted

    def find(self, secret: str) -> Token | None:
        """The token that a caller has, None for a wrong one; takes as long for each.

        Raises:
            UsageError: The file has become unusable.
        """
        self._refresh()
        digest, found = _digest(secret), None
        for token in self._tokens:
            if hmac.compare_digest(token.digest, digest):
                found = token
        return found

    def _refresh(self) -> None:
        state = self._now()
        if self._path is None or state == self._state:
            return
        self._tokens = ()  # of a file that has become unusable, none are right
        self._tokens = read_tokens(self._path)
        self._state = state
        self._wanted = self._wanted or bool(self._tokens)

    def _now(self) -> tuple[int, ...]:
        if self._path is None:
            return ()
        try:
            status = self._path.stat()
        except OSError:
            return ()
        return status.st_mtime_ns, status.st_size, status.st_ino, status.st_mode
