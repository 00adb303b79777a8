"""`vmafx features`: feature vectors of videos, to train models with."""

from typing import Annotated

import typer

from vmafx_cli.command_classes import Command
from vmafx_cli.options import panels
from vmafx_cli.options.groups import option, with_groups
from vmafx_cli.options.inputs import InputOptions, Reference
from vmafx_cli.options.outputs import MessageOptions
from vmafx_cli.options.scoring import ScoringOptions
from vmafx_core.errors import UsageError
from vmafx_core.report.rows import Rows

app = typer.Typer(add_completion=False, rich_markup_mode="rich")

_EPILOG = """\
[bold]Examples[/]

  vmafx features ref.mp4 dis.mp4 -o features.parquet
  vmafx features ref.mp4 a.mp4 b.mp4 --rows clip -o clips.csv
  vmafx features ref.mp4 dis.mp4 --canonical -m auto -o features.jsonl

[bold]Columns[/]

  source, dis_basename, codec, width, height, vmafx_version, libvmaf_version;
  frame_index and time, or frames; the score of the first model, libvmaf's
  before neural ones; then the features: adm2, vif_scale0 to vif_scale3,
  motion2, adm_scale0 to adm_scale3, motion3, psnr_y, psnr_cb, psnr_cr,
  float_ssim, float_ms_ssim, cambi, ciede2000, psnr_hvs. With --rows clip each
  score and feature has _mean, _std, _p10 and _p90. Grey pictures and those
  below 176x176 have --canonical features only.
"""


@app.command(cls=Command, epilog=_EPILOG)
@with_groups
def features(
    *,
    reference: Reference,
    distorted: Annotated[
        list[str],
        typer.Argument(
            metavar="DISTORTED...", help="One or more encodes of it.", show_default=False
        ),
    ],
    output: Annotated[
        str,
        option(
            "--output",
            "-o",
            panel=panels.RESULTS,
            metavar="FILE",
            help="Where the vectors go: .parquet, .csv or .jsonl.",
        ),
    ],
    rows: Annotated[
        Rows,
        option("--rows", panel=panels.RESULTS, show_default=True, help="What a row is of."),
    ] = Rows.FRAME,
    canonical: Annotated[
        bool,
        option(
            "--canonical",
            panel=panels.MEASURED,
            metavar="",
            help="Only the six features that VMAF itself is made of.",
        ),
    ] = False,
    scoring: ScoringOptions,
    inputs: InputOptions,
    messages: MessageOptions,
) -> None:
    """Write feature vectors of videos, to train models with.

    Every vector has its features in one order, and the score of the model that is to be learned.
    """
    # Help does without the engine.
    from contextlib import closing
    from dataclasses import replace
    from pathlib import Path

    from vmafx_cli.rendering.output import check_apart
    from vmafx_cli.rendering.progress import ScoringReporter
    from vmafx_core.backends.vectors import CANONICAL, VECTOR
    from vmafx_core.libvmaf.specs import FeatureSpec
    from vmafx_core.report.files import check_writable, write_atomically
    from vmafx_core.report.vectors import (
        VERSION,
        check_vectors,
        render_vectors,
        vector_columns,
    )
    from vmafx_core.scoring.engine import score_events
    from vmafx_core.scoring.events import Finished

    if scoring.feature:
        raise UsageError("which features a vector has is fixed", "Leave out --feature.")
    ending = Path(output).suffix.lower()
    check_vectors(ending)
    check_apart([output], [reference, *distorted])
    check_writable(output)
    request = scoring.request(*inputs.specs(reference, distorted))
    vector = CANONICAL if canonical else VECTOR
    wanted = tuple(map(FeatureSpec, dict.fromkeys(each.feature for each in vector)))
    reporter = ScoringReporter(quiet=messages.quiet, verbose=messages.verbose, lasting=True)
    with reporter, closing(score_events(replace(request, features=wanted))) as events:
        for event in events:
            reporter.show(event)
            if isinstance(event, Finished):
                result = event.result
    about = {
        "vmafx.features": str(VERSION),
        "teacher": result.pairs[0].lead.name,
    }
    write_atomically(output, render_vectors(vector_columns(result, rows, vector), ending, about))
