"""Writing a corpus: lines are only ever appended, so that a stopped run goes on where it was."""

import json
import os
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from vmafx_cli.tune.corpus.reading import corpus_lines, rows_of
from vmafx_cli.tune.corpus.row import CorpusRow, row_text
from vmafx_core.errors import WorkError
from vmafx_core.locking import locked
from vmafx_core.notice import Notice, warning


class CorpusFile:
    """A corpus that rows are added to; a context manager that keeps other runs away.

    Args:
        path: Where it is, or will be.

    Attributes:
        keys: The keys of the rows that it holds.
        notices: What there is to tell of how it was found.

    Raises:
        InputError: When entered: it is no corpus; it is left as it is.
        UsageError: Another run writes it.
        WorkError: It cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held = ExitStack()
        self.keys: set[str] = set()
        self.notices: tuple[Notice, ...] = ()

    def __enter__(self) -> Self:
        existed = self._path.exists()
        with ExitStack() as held:
            if not existed:
                # Runs that end without a row leave no empty file.
                held.callback(self._drop_if_empty)
            held.enter_context(locked(self._path, self._path))
            lines = corpus_lines(self._path)
            torn = lines.pop() if lines and not _is_whole(lines[-1]) else b""
            self.keys = {row.key for row in rows_of(self._path, lines)}
            if torn:
                self._cut(sum(map(len, lines)))
                text = f"{self._path}: line {len(lines) + 1} was cut off, and is measured again"
                self.notices = (warning("corpus-mended", text),)
            elif lines and not lines[-1].endswith(b"\n"):
                self._append(b"\n")
            self._held = held.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._held.__exit__(kind, error, trace)

    def add(self, row: CorpusRow) -> None:
        """Append a row; it is on the disk when this returns.

        Raises:
            WorkError: It cannot be written; the file is as it was then.
        """
        self._append(row_text(row).encode())
        self.keys.add(row.key)

    def _append(self, text: bytes) -> None:
        before = self._path.stat().st_size
        try:
            with self._path.open("ab") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            self._cut(before)
            raise WorkError(
                f"cannot write {str(self._path)!r}: {error.strerror}",
                "Free some space and run it again: it goes on where it was.",
            ) from error

    def _cut(self, size: int) -> None:
        with self._path.open("r+b") as file:
            file.truncate(size)

    def _drop_if_empty(self) -> None:
        if self._path.exists() and not self._path.stat().st_size:
            self._path.unlink()


def _is_whole(line: bytes) -> bool:
    """Whether a last line is not one that a crash cut off."""
    if line.endswith(b"\n"):
        return True
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
