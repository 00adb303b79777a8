"""`vmafx doctor`: what is installed, found and usable, and what to do about the rest."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options.groups import with_groups
from vmafx_cli.options.outputs import ListFormat, ListOptions
from vmafx_cli.options.remote import RemoteOptions
from vmafx_core.errors import ComponentError
from vmafx_core.report.files import writing_stdout

if TYPE_CHECKING:
    from vmafx_cli.diagnosis import Finding

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]Exit codes[/]

  0 everything that scoring needs is there, 5 something is missing or unusable,
  such as the daemon that --remote names.
"""


@app.command(cls=Command, epilog=_EPILOG)
@with_groups
def doctor(ctx: typer.Context, *, listing: ListOptions, remote: RemoteOptions) -> None:
    """Check what is installed and usable here.

    Finds libvmaf, scores a picture with every model and feature, looks for decoders, counts CPUs
    and reads the configuration; asks the daemon how it is; says what to do about what is missing.
    """
    from vmafx_cli.diagnosis import Status, diagnose  # loads the engine
    from vmafx_cli.remote.finding import daemon_finding

    commands = ctx.find_root().command.commands  # type: ignore[attr-defined]  # the root is a group
    findings = (*diagnose(commands), daemon_finding(remote))
    problems = [finding for finding in findings if finding.status is Status.PROBLEM]
    if listing.format is ListFormat.JSON:
        _print_json(findings, usable=not problems)
    else:
        _print_table(findings)
    if problems:
        raise ComponentError(
            f"{len(problems)} problem{'s' if len(problems) > 1 else ''} found",
            "; ".join(f"{finding.topic} {finding.name}" for finding in problems),
        )


@writing_stdout()
def _print_json(findings: "Sequence[Finding]", *, usable: bool) -> None:
    from dataclasses import asdict

    document = {"version": 1, "usable": usable, "findings": [asdict(f) for f in findings]}
    typer.echo(json.dumps(document, indent=2))


@writing_stdout()
def _print_table(findings: "Sequence[Finding]") -> None:
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    styles = {"ok": "green", "note": "yellow", "problem": "bold red"}
    console = Console(highlight=False)
    topic = ""
    table = Table.grid(
        Column(no_wrap=True), Column(no_wrap=True), Column(overflow="fold"), padding=(0, 1)
    )
    for finding in findings:
        if finding.topic != topic:
            topic = finding.topic
            table.add_row(Text(topic, "bold"))
        detail = Text(finding.detail)
        if finding.remedy:
            detail.append(f"\n{finding.remedy}", "bold")
        table.add_row(
            Text(f"  {finding.name}"), Text(finding.status.value, styles[finding.status]), detail
        )
    console.print(table)
