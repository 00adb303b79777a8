"""What `tune shots` planned and made, in all forms."""

from dataclasses import asdict
from typing import Any

from vmafx_cli.tune.report.facts import source_line
from vmafx_cli.tune.report.points import point_dict, setting_dict, target_name
from vmafx_cli.tune.shots.encode import ShotsResult
from vmafx_cli.tune.shots.plan import PlannedShot, ShotPlan
from vmafx_cli.tune.shots.points import Totals
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.notice import counted
from vmafx_core.report.account import Line, frames
from vmafx_core.report.naming import short_names
from vmafx_core.report.plain import plain
from vmafx_core.report.views import words
from vmafx_core.report.views.blocks import Facts, Row, Span, TableSection, Timeline, Verdict
from vmafx_core.report.views.datatable import Column, DataTable
from vmafx_core.report.views.view import View


def shots_view(result: ShotsResult) -> View:
    """How the result of `tune shots` is shown."""
    plan = result.plan
    name = short_names([plan.request.source.location])[0]
    verdict = _verdict(result)
    table = _table(plan)
    facts = Facts("What was done", tuple(_facts(result)))
    return View(
        kind="shots",
        title=f"Shots of {name}",
        printed=(verdict, TableSection("", table), facts),
        table=table,
        body=_body(result),
        blocks=(
            verdict,
            _timeline(plan),
            TableSection("Shots", table),
            facts,
        ),
    )


def _verdict(result: ShotsResult) -> Verdict:
    plan = result.plan
    count = counted(len(plan.shots), "shot")
    if result.encoded is None:
        return Verdict(count, plan.why, good=plan.met)
    score = words.score(result.encoded.totals.score)
    told = f"{target_name(plan.request.bounds.target)} {score} over all frames; {plan.why}"
    return Verdict(f"{count} encoded", told, good=result.met)


def _table(plan: ShotPlan) -> DataTable:
    target = plan.request.bounds.target
    knob = find_encoder(plan.request.setting.encoder).knob.name
    columns = (
        Column("shot", "shot", words.general),
        Column("start", "from", words.clock),
        Column("start_frame", "first frame", words.general, spare=True),
        Column("frames", "frames", words.general),
        Column("quality", knob, words.general),
        Column("score", target_name(target), words.score),
        Column("bit_rate", "bit rate", words.bit_rate),
        Column("tried", "tries", words.general, spare=True),
    )
    rows = tuple(
        (
            number,
            planned.shot.start,
            planned.shot.start_frame,
            planned.shot.frames,
            planned.point.setting.quality,
            planned.point.value(target),
            planned.point.bit_rate,
            len(planned.tried),
        )
        for number, planned in enumerate(plan.shots, 1)
    )
    return DataTable(columns, rows)


def _timeline(plan: ShotPlan) -> Timeline:
    target = plan.request.bounds.target
    knob = find_encoder(plan.request.setting.encoder).knob.name
    values = [
        (target_name(target), [p.point.value(target) for p in plan.shots], words.score),
        (knob, [p.point.setting.quality for p in plan.shots], words.general),
        ("bit rate", [p.point.bit_rate for p in plan.shots], words.bit_rate),
    ]
    labels = [_label(number, planned, plan) for number, planned in enumerate(plan.shots, 1)]
    rows = tuple(
        Row(
            name,
            tuple(
                Span(planned.shot.start, planned.shot.end, value, label)
                for planned, value, label in zip(plan.shots, heights, labels, strict=True)
            ),
            form,
        )
        for name, heights, form in values
    )
    return Timeline("Shots over time", rows)


def _label(number: int, planned: PlannedShot, plan: ShotPlan) -> str:
    target, knob = plan.request.bounds.target, find_encoder(plan.request.setting.encoder).knob
    return (
        f"shot {number}: {knob.name} {planned.point.setting.quality:g}, {target_name(target)} "
        f"{words.score(planned.point.value(target))}, {words.bit_rate(planned.point.bit_rate)}"
    )


def _facts(result: ShotsResult) -> list[Line]:
    plan = result.plan
    request, film = plan.request, plan.film
    setting, bounds = request.setting, request.bounds
    encoder = find_encoder(setting.encoder)
    preset = setting.preset or encoder.default_preset
    target = f"{bounds.target.text} {'in every shot' if bounds.every_shot else 'over all frames'}"
    floor = "" if bounds.floor is None else f", no shot beyond {bounds.floor:g}"
    lines = [
        source_line(film.info),
        ("encoder", ", ".join(filter(None, [setting.encoder, preset and f"preset {preset}"]))),
        ("target", target + floor),
        ("planned", _costs(plan, plan.totals)),
    ]
    if plan.single is not None and plan.single_totals:
        single = f"{encoder.knob.name} {plan.single:g} for all"
        lines.append((single, _costs(plan, plan.single_totals)))
    if made := result.encoded:
        lines.append(("encoded", f"{frames(made.frames)}, {_costs(plan, made.totals)}"))
    lines.append(("time", f"{counted(plan.probes, 'probe')} in {words.clock(result.seconds)}"))
    return lines


def _costs(plan: ShotPlan, totals: Totals) -> str:
    name = target_name(plan.request.bounds.target)
    return (
        f"{words.bit_rate(totals.bits / plan.film.duration)}, {words.size(totals.bits / 8)}, "
        f"{name} {words.score(totals.score)}, worst shot {words.score(totals.worst)}"
    )


def _body(result: ShotsResult) -> dict[str, Any]:
    plan = result.plan
    request, made = plan.request, result.encoded
    return {
        "source": plain(plan.film.info),
        "setting": setting_dict(request.setting),
        "target": asdict(request.bounds.target),
        "every_shot": request.bounds.every_shot,
        "floor": plain(request.bounds.floor),
        "frames": plan.film.frames,
        "shots": [_shot(plan, planned) for planned in plan.shots],
        "totals": _totals(plan, plan.totals),
        "single": plain(plan.single),
        "single_totals": plan.single_totals and _totals(plan, plan.single_totals),
        "saving_percent": plain(plan.saving),
        "uses_single": plan.uses_single,
        "met": result.met,
        "why": plan.why,
        "probes": plan.probes,
        "encoded": made
        and {
            "path": plain(str(made.path)),
            "frames": made.frames,
            "corrections": made.corrections,
            "totals": _totals(plan, made.totals),
        },
        "seconds": plain(result.seconds),
    }


def _shot(plan: ShotPlan, planned: PlannedShot) -> dict[str, Any]:
    shot, point = planned.shot, planned.point
    return {
        "start_frame": shot.start_frame,
        "end_frame": shot.end_frame,
        "start": plain(shot.start),
        "end": plain(shot.end),
        find_encoder(point.setting.encoder).knob.name: point.setting.quality,
        "predicted_score": plain(point.value(plan.request.bounds.target)),
        "bitrate_kbps": plain(point.bit_rate / 1000),
        "points": [point_dict(p) for p in planned.tried],
    }


def _totals(plan: ShotPlan, totals: Totals) -> dict[str, Any]:
    return {
        "bits": plain(totals.bits),
        "bit_rate": plain(totals.bits / plan.film.duration),
        "score": plain(totals.score),
        "worst_shot_score": plain(totals.worst),
    }
