"""The events of a search as NDJSON: one JSON object a line, as docs/formats.md promises."""

import json
from typing import Any

from vmafx_cli.tune.report.document import SCHEMA, SCHEMA_VERSION, envelope
from vmafx_cli.tune.report.points import point_dict, setting_dict
from vmafx_core.errors import VmafxError
from vmafx_core.probing.events import Advanced, Done, Probed, Probing, Sampled, TuneEvent
from vmafx_core.report.plain import plain
from vmafx_core.scoring.events import Told


def header_line(kind: str) -> str:
    """The stream's first line, without a line break."""
    return _line("schema", {"schema": SCHEMA, "version": SCHEMA_VERSION, "kind": kind})


def event_line(event: TuneEvent[Any]) -> str | None:
    """One event as one line, without a line break; None for the end, which `finished_line` is."""
    match event:
        case Sampled():
            data = {"whole": event.whole, "frames": event.frames, "windows": plain(event.windows)}
            return _line("sampled", {"source": plain(event.info)} | data)
        case Told(notice=notice):
            return _line("notice", plain(notice))
        case Probing():
            data = {"number": event.number, "likely": event.likely}
            return _line("probing", {"setting": setting_dict(event.setting)} | data)
        case Probed(point=point):
            return _line("probed", point_dict(point))
        case Advanced():
            return _line("progress", plain(event))
        case Done():
            return None


def finished_line(kind: str, body: dict[str, Any]) -> str:
    """The result, as one line; it is the last one."""
    return _line("finished", envelope(kind, body))


def failed_line(error: VmafxError) -> str:
    """Why there is no result, as one line; it is the last one then."""
    told = {"message": plain(error.message), "hint": plain(error.hint)}
    return _line("failed", {"exit_code": error.exit_code} | told)


def _line(event: str, data: dict[str, Any]) -> str:
    return json.dumps({"event": event} | data, allow_nan=False)
