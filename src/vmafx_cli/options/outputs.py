"""Options that say where results go, and what a run says about itself."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import typer

from vmafx_cli.options import panels
from vmafx_cli.options.groups import option

DEBUG = "vmafx.debug"
"""Where a command's context notes that tracebacks are wanted."""


class Format(StrEnum):
    """A format that a result can be printed in."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XML = "xml"
    SUB = "sub"
    NDJSON = "ndjson"


class ListFormat(StrEnum):
    """A format that a list can be printed in."""

    TABLE = "table"
    JSON = "json"


def _note_debug(ctx: typer.Context, wanted: bool) -> bool:
    ctx.meta[DEBUG] = wanted
    return wanted


Debug = Annotated[
    bool,
    option(
        "--debug",
        panel=panels.RUNNING,
        metavar="",
        callback=_note_debug,
        help="Show the traceback of an error.",
    ),
]

Threads = Annotated[
    int | None,
    option(
        "--threads",
        panel=panels.RUNNING,
        metavar="N",
        min=1,
        default="all CPUs",
        help="Threads to work with.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultOptions:
    """Where results go; the fields are the options."""

    format: Annotated[
        Format | None,
        option(
            "--format",
            panel=panels.RESULTS,
            metavar="FORMAT",
            default="table",
            help="What to print: table, json, csv, xml, sub or ndjson.",
        ),
    ] = None
    output: Annotated[
        list[str] | None,
        option(
            "--output",
            "-o",
            panel=panels.RESULTS,
            metavar="FILE",
            help="Write the result to a file too, in the format of its ending: .json, .csv, "
            ".xml, .sub, .ndjson, .txt; repeatable.",
        ),
    ] = None
    report: Annotated[
        str | None,
        option(
            "--report",
            panel=panels.RESULTS,
            metavar="FILE.html",
            help="Write a page with charts and the worst frames as pictures.",
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageOptions:
    """What a run says about itself on standard error; the fields are the options."""

    quiet: Annotated[
        bool,
        option(
            "--quiet",
            "-q",
            panel=panels.RUNNING,
            metavar="",
            help="Say nothing but errors, and print only what --format asks for.",
        ),
    ] = False
    verbose: Annotated[
        bool,
        option(
            "--verbose",
            "-v",
            panel=panels.RUNNING,
            metavar="",
            help="Say what is being done, and show more of what comes out.",
        ),
    ] = False
    debug: Debug = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOptions:
    """How a list is printed; the fields are the options."""

    format: Annotated[
        ListFormat,
        option("--format", panel=panels.RESULTS, help="How to print it.", show_default=True),
    ] = ListFormat.TABLE
    debug: Debug = False
