"""The public face: what is there, how it is typed, and that it is cheap to import."""

import inspect
import math
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import TypeAliasType, get_args, get_type_hints

import pytest

import vmafx_core
from support.data import ROOT
from vmafx_core import (
    InputSpec,
    Sampling,
    ScoreRequest,
    UsageError,
    compare_encoders,
    encode_shots,
    find_crf,
    find_ladder,
    measure_corpus,
    score,
)
from vmafx_core.errors import VmafxError
from vmafx_core.testing import write_clip

NAMES = vmafx_core.__all__
NAN = math.nan
# What programs that score, search or handle errors cannot do without.
CALLS = [
    "compare_encoders", "encode_shots", "encode_to_target", "find_crf", "find_ladder",
    "measure_corpus", "probe", "score",
]  # fmt: skip


def test_all_that_is_named_is_there_and_all_that_is_there_is_named() -> None:
    assert sorted(NAMES) == NAMES
    assert set(NAMES) == set(vmafx_core._HOMES)
    assert set(NAMES) <= set(dir(vmafx_core))
    for name in NAMES:
        assert getattr(vmafx_core, name) is getattr(import_module(vmafx_core._HOMES[name]), name)


def _named(hint: object) -> Iterator[object]:
    """The types of this project that an annotation is made of."""
    if getattr(hint, "__module__", "").startswith("vmafx"):
        yield hint
    if isinstance(hint, TypeAliasType):
        hint = hint.__value__
    for part in get_args(hint):
        for one in part if isinstance(part, list) else [part]:
            yield from _named(one)


def _hinted(public: object) -> Iterator[object]:
    """What takes or gives values at something public: itself, its methods and its properties."""
    yield public
    members = vars(public).items() if inspect.isclass(public) else ()
    for name, member in members:
        if not name.startswith("_"):
            yield member.fget if isinstance(member, property) else member


@pytest.mark.parametrize("name", NAMES)
def test_every_type_that_it_takes_or_gives_is_public(name: str) -> None:
    public = getattr(vmafx_core, name)
    if isinstance(public, TypeAliasType):
        needed = set(_named(public))
    else:
        hinted = (one for one in _hinted(public) if inspect.isclass(one) or inspect.isfunction(one))
        hints = (item for one in hinted for item in get_type_hints(one).items())
        needed = {t for name, hint in hints if name[0] != "_" for t in _named(hint)}
    kinds = {t.__name__ for t in needed if isinstance(t, (type, TypeAliasType))}
    assert kinds <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_documented(name: str) -> None:
    found = getattr(vmafx_core, name)
    if inspect.isclass(found) or inspect.isfunction(found):
        assert inspect.getdoc(found)


@pytest.mark.parametrize("name", CALLS)
def test_a_call_documents_every_argument_its_result_and_its_errors(name: str) -> None:
    call = getattr(vmafx_core, name)
    told = inspect.getdoc(call) or ""
    for parameter in inspect.signature(call).parameters.values():
        assert f"    {parameter.name}: " in told
        assert parameter.kind is not parameter.VAR_KEYWORD
    assert "Returns:" in told
    assert "Raises:" in told


def test_every_error_of_the_tree_is_public() -> None:
    def below(kind: type[VmafxError]) -> set[type[VmafxError]]:
        return {kind}.union(*map(below, kind.__subclasses__()))

    ours = {k for k in below(VmafxError) if k.__module__ == "vmafx_core.errors"}
    assert {kind.__name__ for kind in ours} <= set(NAMES)


def test_score_takes_every_field_of_a_request_with_its_default() -> None:
    parameters = inspect.signature(score).parameters
    for field in fields(ScoreRequest):
        if field.name not in {"reference", "distorted", "models", "features", "neural"}:
            assert parameters[field.name].default == field.default, field.name
            assert parameters[field.name].annotation == field.type, field.name


def test_a_field_that_is_none_is_pythons_own_error() -> None:
    with pytest.raises(TypeError, match="modles"):
        score("a.mp4", "b.mp4", modles=[])  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: find_crf("a", targets=90, max_bit_rate=0), "max_bit_rate must be above 0, not 0"),
        (
            lambda: find_crf("a", targets=90, max_percent=NAN),
            "max_percent must be above 0, not nan",
        ),
        (lambda: find_crf("a", targets=90, min_quality=NAN), "min_quality must be a number"),
        (lambda: find_ladder("a", segment_seconds=NAN), "segment_seconds must be above 0"),
        (lambda: encode_shots("a", None, target=90, floor=NAN), "floor must be a number"),
        (lambda: Sampling(windows=0), "windows must be at least 1, not 0"),
        (lambda: Sampling(seconds=-1), "seconds must be above 0, not -1"),
        (lambda: InputSpec(location="a", start=-1), "start must be at least 0, not -1"),
        (lambda: InputSpec(location="a", frame_rate=Fraction(0)), "frame_rate must be above 0"),
        (lambda: score("a", "b", frames=0), "frames must be at least 1, not 0"),
        (lambda: score("a", "b", threads=513), "threads must be 1 to 512, not 513"),
        (lambda: score("a", "b", models="vmaf_v0.6.1"), "models is one string, 'vmaf_v0.6.1'"),
        (lambda: score("a", "b", features="psnr"), "features is one string, 'psnr'"),
        (lambda: compare_encoders("a", "libx264"), "encoders is one string, 'libx264'"),
        (lambda: measure_corpus("a", "b", []), "sources is one string, 'a'"),
        (lambda: measure_corpus([], "b", []), "there is nothing to measure"),
    ],
)
def test_an_argument_that_makes_no_sense_is_told_by_its_name(
    call: Callable[[], object], told: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(told)):
        call()


def test_importing_it_loads_no_decoder_and_nothing_of_the_command_line() -> None:
    code = "import sys, vmafx_core; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"av", "numpy", "typer", "rich", "grpc"} & set(done.stdout.split())


def test_scoring_and_searching_load_nothing_of_the_command_line(tmp_path: Path) -> None:
    clip = str(write_clip(tmp_path / "clip.mp4", frames=5))
    code = (
        "import sys; from vmafx_core import Measuring, find_crf, score\n"
        f"score({clip!r}, {clip!r})\n"
        f"find_crf({clip!r}, 'libx264:ultrafast', targets=[50], measuring=Measuring(cache=False))\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"typer", "rich", "grpc", "vmafx_rpc", "vmafx_daemon"} & set(done.stdout.split())


def test_it_is_typed_as_it_is_used() -> None:
    """Uses that are right are no errors of types, and those that are wrong are."""
    uses = ROOT / "tests" / "api_uses.py"
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--warn-unused-ignores", str(uses)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout
