"""Logs: one line an event, as JSON for programs or as text for people.

Everything is logged by `logging`. What an event has besides its words is in
`extra={"event": {...}}`, and the id of the request it happened in is added to each.
"""

import json
import logging
import re
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from typing import Any, TextIO

from vmafx_core.errors import WorkError
from vmafx_daemon.settings import Settings

LOG_FILE = "daemon.log"

_ID = re.compile(r"[\w.:/+=-]{1,128}", re.ASCII)
_FILE_BYTES = 8 << 20
_OLDER_FILES = 4
_FIRST = ("time", "level", "event")

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being answered; empty outside of one."""


def accepted_id(given: str) -> str:
    """The id that a client gives its request; empty where it is none that is written to logs."""
    return given if _ID.fullmatch(given) else ""


def log_to_file(settings: Settings) -> None:
    """Log as JSON to a file in the state folder, which is begun anew when it gets long.

    Raises:
        WorkError: It cannot be written to.
    """
    path = settings.state / LOG_FILE
    try:
        handler = RotatingFileHandler(
            path, maxBytes=_FILE_BYTES, backupCount=_OLDER_FILES, encoding="utf-8"
        )
    except OSError as error:
        raise WorkError(f"the log {path} cannot be written to: {error.strerror}") from error
    _log_by(handler, settings, text=settings.log_format == "text")


def log_to_stream(settings: Settings, stream: TextIO = sys.stderr) -> None:
    """Log to a stream: as text on a terminal, otherwise as JSON, unless the settings say."""
    text = stream.isatty() if settings.log_format == "auto" else settings.log_format == "text"
    _log_by(logging.StreamHandler(stream), settings, text=text)


def _log_by(handler: logging.Handler, settings: Settings, *, text: bool) -> None:
    handler.setFormatter(_Text() if text else _Json())
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)
    logging.captureWarnings(capture=True)
    # Its access log and its news of starting are told by our own events.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_event(record), ensure_ascii=False, default=str)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return as_text(_event(record))


def _event(record: logging.LogRecord) -> dict[str, Any]:
    """The parts of an event, the time first."""
    event: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "event": record.getMessage(),
        "logger": record.name,
    }
    if current := request_id.get():
        event["request_id"] = current
    event |= getattr(record, "event", {})
    if record.exc_info:
        event["traceback"] = logging.Formatter().formatException(record.exc_info)
    return event


def as_text(event: Mapping[str, Any]) -> str:
    """An event for people, on one line but for tracebacks."""
    more = {key: value for key, value in event.items() if key not in {*_FIRST, "logger"}}
    traceback = more.pop("traceback", "")
    values = " ".join(f"{key}={_quoted(value)}" for key, value in more.items())
    time = str(event.get("time", "")).replace("T", " ")[:23]
    words = _printable(str(event.get("event", "")))
    line = f"{time} {event.get('level', ''):<7} {words}  {values}".rstrip()
    return f"{line}\n{traceback}" if traceback else line


def _quoted(value: Any) -> str:
    text = _printable(", ".join(value) if isinstance(value, list) else str(value))
    return json.dumps(text, ensure_ascii=False) if " " in text else text


def _printable(text: str) -> str:
    """What clients send may not begin new lines, nor steer a terminal."""
    return text if text.isprintable() else json.dumps(text)
