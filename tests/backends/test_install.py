"""Installing models: what is wrong with one leaves everything as it was."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper

from support.data import shared
from support.onnx_models import (
    brightness,
    difference,
    entry,
    left_half,
    regressor,
    with_outside_weights,
    write_model,
    write_registry,
)
from vmafx_core.backends.install import install
from vmafx_core.backends.installed import find_model, installed, remove_model
from vmafx_core.backends.providers import Wish
from vmafx_core.backends.registry import Kind
from vmafx_core.backends.role import Role
from vmafx_core.backends.session import Session
from vmafx_core.errors import InputError, UnknownNameError, UsageError, VmafxError, WorkError


def test_the_models_of_a_registry_are_installed(tmp_path: Path, models: Path) -> None:
    made: dict[str, tuple[Callable[[Path], Path], str, Role]] = {
        "regress": (regressor, "fr", Role.REGRESSOR),
        "bright": (brightness, "nr", Role.QUALITY),
        "differ": (difference, "fr", Role.DISTANCE),
        "looked-at": (left_half, "nr", Role.SALIENCY),
    }
    entries = [
        entry(make(tmp_path / f"{name}.onnx"), kind) for name, (make, kind, _) in made.items()
    ]
    result = install(str(write_registry(tmp_path / "registry.json", *entries)))
    assert [m.entry.id for m in result.models] == list(made)
    assert {n: m.description.role for n, m in installed().items()} == {
        name: role for name, (_, _, role) in made.items()
    }
    assert sorted(p.name for p in models.iterdir()) == sorted(made)


def test_only_the_models_that_are_named_are_installed(tmp_path: Path) -> None:
    entries = [entry(regressor(tmp_path / f"{name}.onnx"), "fr") for name in ("a", "b")]
    registry = str(write_registry(tmp_path / "registry.json", *entries))
    install(registry, only=["b"])
    assert list(installed()) == ["b"]
    with pytest.raises(UnknownNameError, match="'c'"):
        install(registry, only=["c"])


def test_a_single_file_is_installed_for_what_it_is_said_to_be(tmp_path: Path) -> None:
    path = brightness(tmp_path / "Mine.onnx")
    with pytest.raises(UsageError, match="--kind"):
        install(str(path))
    (model,) = install(str(path), kind=Kind.NO_REFERENCE).models
    assert model.entry.id == "mine"


def test_a_model_is_replaced_and_removed(tmp_path: Path, models: Path) -> None:
    path = regressor(tmp_path / "m.onnx")
    install(str(path), kind=Kind.FULL_REFERENCE)
    regressor(path, weights=(1, 1, 1, 1, 1, 1))
    install(str(path), kind=Kind.FULL_REFERENCE)
    given = Session(find_model("m"), Wish("cpu")).run([np.ones((2, 6), np.float32)])
    assert given.tolist() == [6, 6]
    remove_model("m")
    assert list(models.iterdir()) == []


def test_weights_beside_the_model_come_with_it(tmp_path: Path) -> None:
    path = with_outside_weights(regressor(tmp_path / "m.onnx"), "m.data")
    install(str(path), kind=Kind.FULL_REFERENCE)
    model = find_model("m")
    assert set(model.files) == {"m.onnx", "m.data"}
    Session(model, Wish("cpu"))
    (model.folder / "m.data").write_bytes(b"\0" * 24)
    with pytest.raises(InputError, match=r"m\.data was changed"):
        Session(model, Wish("cpu"))


def test_a_changed_model_is_refused_when_it_is_loaded(tmp_path: Path) -> None:
    install(str(regressor(tmp_path / "m.onnx")), kind=Kind.FULL_REFERENCE)
    model = find_model("m")
    model.file.write_bytes(model.file.read_bytes() + b"\0")
    with pytest.raises(InputError, match="changed since it was installed"):
        Session(model, Wish("cpu"))


def cyclic(path: Path) -> Path:
    nodes = [
        helper.make_node("Add", ["features", "b"], ["a"]),
        helper.make_node("Add", ["a", "features"], ["b"]),
    ]
    return write_model(path, nodes, {"features": ["N", 6]}, {"b": ["N", 6]})


def calling(path: Path, operator: str, domain: str = "") -> Path:
    nodes = [helper.make_node(operator, ["features"], ["score"], domain=domain)]
    return write_model(path, nodes, {"features": ["N", 6]}, {"score": ["N", 6]})


def shaped(path: Path, *shape: int) -> Path:
    nodes = [helper.make_node("Identity", ["x"], ["y"])]
    return write_model(path, nodes, {"x": shape}, {"y": shape})


def vast(path: Path) -> Path:
    """A model that would take 4 TiB as soon as it is loaded."""
    nodes = [
        helper.make_node("ConstantOfShape", ["size"], ["zeros"]),
        helper.make_node("ReduceSum", ["zeros"], ["sum"], keepdims=0),
        helper.make_node("Add", ["features", "sum"], ["score"]),
    ]
    size = {"size": np.asarray([1 << 20, 1 << 20], np.int64)}
    return write_model(path, nodes, {"features": ["N", 6]}, {"score": ["N", 6]}, size)


def doubles(path: Path) -> Path:
    model = onnx.load(shaped(path, 1, 6))
    model.graph.input[0].type.tensor_type.elem_type = onnx.TensorProto.DOUBLE
    path.write_bytes(model.SerializeToString())
    return path


def linked(path: Path) -> Path:
    target = regressor(path.with_name("target.onnx"))
    path.symlink_to(target)
    return path


def text(path: Path) -> Path:
    path.write_text("this is no model")
    return path


def cut(path: Path) -> Path:
    regressor(path)
    path.write_bytes(path.read_bytes()[:-40])
    return path


BAD: dict[str, Any] = {
    "no model": (text, "no ONNX model"),
    "an empty file": (lambda p: p.touch() or p, "no ONNX model"),
    "a truncated one": (cut, r"no ONNX model|cannot be loaded"),
    "a link": (linked, "symbolic link"),
    "an unknown operator": (lambda p: calling(p, "RandomNormalLike"), "RandomNormalLike"),
    "a foreign operator": (lambda p: calling(p, "Run", "com.evil"), "com.evil.Run"),
    "a cycle": (cyclic, "cannot be loaded"),
    "64-bit numbers": (doubles, "not of 32-bit numbers"),
    "an absurd shape": (lambda p: shaped(p, 1, 3, 1 << 20, 1 << 20), "has the shape"),
    "an absurd value inside": (vast, r"has the shape \[1048576, 1048576\]"),
    "a shape of nothing": (lambda p: shaped(p, 1, 0, 8, 8), "has the shape"),
    "a future opset": (
        lambda p: write_model(
            p,
            [helper.make_node("Relu", ["x"], ["y"])],
            {"x": [1, 6]},
            {"y": [1, 6]},
            opset=22,
        ),
        "opset 22",
    ),
    "weights in /etc": (
        lambda p: with_outside_weights(regressor(p), "/etc/passwd"),
        "outside its folder",
    ),
    "weights above": (
        lambda p: with_outside_weights(regressor(p), "../../weights"),
        "outside its folder",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_model_is_refused_and_nothing_is_left(
    case: str, tmp_path: Path, models: Path
) -> None:
    make, told = BAD[case]
    good = entry(regressor(tmp_path / "good.onnx"), "fr")
    bad = entry(make(tmp_path / "bad.onnx"), "fr")
    with pytest.raises(InputError, match=told):
        install(str(write_registry(tmp_path / "registry.json", good, bad)))
    assert list(models.iterdir()) == []


def test_a_bad_model_does_not_replace_the_one_that_is_there(tmp_path: Path, models: Path) -> None:
    path = regressor(tmp_path / "m.onnx")
    install(str(path), kind=Kind.FULL_REFERENCE)
    before = {p: p.read_bytes() for p in models.rglob("*") if p.is_file()}
    for make in (cyclic, text, vast):
        make(path)
        with pytest.raises(InputError):
            install(str(path), kind=Kind.FULL_REFERENCE)
    path.unlink()
    with pytest.raises(InputError, match="no such file"):
        install(str(path), kind=Kind.FULL_REFERENCE)
    assert {p: p.read_bytes() for p in models.rglob("*") if p.is_file()} == before
    Session(find_model("m"), Wish("cpu"))


def test_weights_and_descriptions_may_be_no_links(tmp_path: Path, models: Path) -> None:
    path = with_outside_weights(regressor(tmp_path / "m.onnx"), "m.data")
    (tmp_path / "m.data").rename(tmp_path / "elsewhere")
    (tmp_path / "m.data").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match=r"m\.data: is a symbolic link"):
        install(str(path), kind=Kind.FULL_REFERENCE)
    path = regressor(tmp_path / "n.onnx")
    (tmp_path / "elsewhere").write_text("{}")
    path.with_suffix(".json").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match=r"n\.json: is a symbolic link"):
        install(str(path), kind=Kind.FULL_REFERENCE)
    assert list(models.iterdir()) == []


def test_what_a_killed_installation_left_is_removed_a_day_later(
    tmp_path: Path, models: Path
) -> None:
    old, new = models / ".coming-old", models / ".coming-new"
    for folder in (old, new):
        folder.mkdir(parents=True)
    os.utime(old, (0, 0))
    install(str(regressor(tmp_path / "m.onnx")), kind=Kind.FULL_REFERENCE)
    assert sorted(p.name for p in models.iterdir()) == [".coming-new", "m"]


WRONG: dict[str, tuple[Any, str]] = {
    "another hash": ({"sha256": "0" * 64}, "SHA-256"),
    "no hash": ({"sha256": "abc"}, "64 hexadecimal"),
    "a path that leaves": ({"onnx": "../m.onnx"}, "below the registry"),
    "an absolute path": ({"onnx": "/etc/m.onnx"}, "below the registry"),
    "a name that leaves": ({"id": "../m"}, "id is '../m'"),
    "an unknown kind": ({"kind": "xx"}, "kind is 'xx'"),
    "the wrong kind": ({"kind": "nr"}, "no nr model"),
    "a missing file": ({"onnx": "missing.onnx"}, "no such file"),
    "a quantised one without hash": ({"quant_mode": "dynamic"}, "int8_sha256"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_entry_is_refused(case: str, tmp_path: Path) -> None:
    more, told = WRONG[case]
    wrong = entry(regressor(tmp_path / "m.onnx"), "fr") | more
    with pytest.raises(InputError, match=told):
        install(str(write_registry(tmp_path / "registry.json", wrong)))
    assert installed() == {}


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (b"[]", "no list of models"),
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"schema_version": 7, "models": []}', "schema_version 7"),
        (b'{"schema_version": 1, "models": [3]}', "not an object"),
        (b'{"schema_version": 1, "models": [{"id": "a"}]}', "has no 'kind'"),
    ],
)
def test_what_is_no_registry_is_refused(tmp_path: Path, document: bytes, told: str) -> None:
    path = tmp_path / "registry.json"
    path.write_bytes(document)
    with pytest.raises(InputError, match=told):
        install(str(path))


def test_two_models_of_one_name_are_refused(tmp_path: Path) -> None:
    one = entry(regressor(tmp_path / "m.onnx"), "fr")
    with pytest.raises(InputError, match="two models 'm'"):
        install(str(write_registry(tmp_path / "registry.json", one, one)))


def test_a_file_that_is_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.onnx"
    path.touch()
    os.truncate(path, 2 << 30)
    with pytest.raises(InputError, match="2,147,483,648 bytes"):
        install(str(path), kind=Kind.FULL_REFERENCE)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"input_names": ["pictures"]}, "'pictures', which the graph does not have"),
        ({"feature_order": ["adm2"]}, "takes 6 features"),
        ({"feature_mean": [1, 2]}, "feature_mean must be 6 numbers"),
        ({"feature_mean": [float("nan")] * 6}, "feature_mean must be 6 numbers"),
        ({"feature_std": [0, 1, 1, 1, 1, 1]}, "feature_std must not be 0"),
        ({"feature_order": ["adm2", "a", "b", "c", "d", "e"]}, "'a'"),
        ({"feature_order": 5}, "feature_order must be names"),
        ({"input_names": "features"}, "input_names must be names"),
        ({"input_names": ["score"]}, "'score', which the graph does not have"),
        ({"output_name": [1]}, "output_name must be names"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(
    tmp_path: Path, told: dict[str, Any], why: str
) -> None:
    path = regressor(tmp_path / "m.onnx")
    path.with_suffix(".json").write_text(json.dumps(told))
    with pytest.raises(InputError, match=why):
        install(str(path), kind=Kind.FULL_REFERENCE)


def test_a_description_belongs_to_its_file_whatever_the_case(tmp_path: Path) -> None:
    path = regressor(tmp_path / "Mine.onnx")
    path.with_suffix(".json").write_text(json.dumps({"kind": "fr", "feature_std": [2] * 6}))
    (model,) = install(str(path)).models
    assert model.description.std == (2,) * 6


def test_the_output_that_the_description_names_is_read(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("ReduceMin", ["features"], ["low"], axes=[1], keepdims=0),
        helper.make_node("ReduceMax", ["features"], ["high"], axes=[1], keepdims=0),
    ]
    outputs: dict[str, list[int | str]] = {"low": ["N"], "high": ["N"]}
    path = write_model(tmp_path / "m.onnx", nodes, {"features": ["N", 6]}, outputs)
    path.with_suffix(".json").write_text(json.dumps({"output_name": "high"}))
    install(str(path), kind=Kind.FULL_REFERENCE)
    given = Session(find_model("m"), Wish("cpu")).run([np.arange(6, dtype=np.float32)[None]])
    assert given.tolist() == [5]


def test_a_model_for_several_pictures_at_once_is_refused(tmp_path: Path) -> None:
    nodes = [helper.make_node("ReduceMean", ["frame"], ["mos"], axes=[1, 2, 3], keepdims=0)]
    path = write_model(tmp_path / "m.onnx", nodes, {"frame": [4, 1, 32, 32]}, {"mos": [4]})
    with pytest.raises(InputError, match="a fixed number of rows or pictures"):
        install(str(path), kind=Kind.NO_REFERENCE)


def test_where_one_cannot_be_put_in_its_place_all_stay_as_they_were(
    tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [entry(regressor(tmp_path / f"{n}.onnx"), "fr") for n in ("registry", "b", "c")]
    registry = str(write_registry(tmp_path / "registry.json", *entries))
    install(registry, only=["registry", "b"])
    before = {p: p.stat().st_ino for p in models.rglob("*")}
    rename = Path.rename

    def failing(source: Path, target: Path) -> Path:
        if target.name == "c":
            raise OSError(28, "No space left on device", str(target))
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(WorkError, match="No space left"):
        install(registry)
    assert {p: p.stat().st_ino for p in models.rglob("*")} == before


def test_installations_at_the_same_time_do_not_hinder_each_other(
    tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(regressor(tmp_path / "m.onnx"))
    rename = Path.rename
    others = iter(["now", "again"])

    def interrupted(source: Path, target: Path) -> Path:
        if target == models / "m" and next(others, None):
            # Another installation is faster.
            install(path, kind=Kind.FULL_REFERENCE)
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    install(path, kind=Kind.FULL_REFERENCE)
    assert next(others, None) is None
    assert [p.name for p in models.iterdir()] == ["m"]
    find_model("m").verify()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, models: Path) -> None:
    models.write_text("in the way")
    with pytest.raises(WorkError, match="Nothing was installed"):
        install(str(regressor(tmp_path / "m.onnx")), kind=Kind.FULL_REFERENCE)


def test_what_gives_no_number_is_an_error(tmp_path: Path) -> None:
    nodes = [helper.make_node("Log", ["features"], ["score"])]
    path = write_model(tmp_path / "m.onnx", nodes, {"features": ["N", 6]}, {"score": ["N", 6]})
    install(str(path), kind=Kind.FULL_REFERENCE)
    with pytest.raises(WorkError, match="no number"):
        Session(find_model("m"), Wish("cpu")).run([-np.ones((1, 6), np.float32)])


def test_a_model_that_is_removed_meanwhile_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        install(str(regressor(tmp_path / f"{name}.onnx")), kind=Kind.FULL_REFERENCE)
    read = Path.read_text

    def removing(path: Path, **how: Any) -> str:
        if path.parent.name == "b":
            shutil.rmtree(path.parent, ignore_errors=True)
        return read(path, **how)

    monkeypatch.setattr(Path, "read_text", removing)
    assert list(installed()) == ["a"]


def test_what_cannot_be_removed_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(str(regressor(tmp_path / "m.onnx")), kind=Kind.FULL_REFERENCE)

    def refused(path: Path, _: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(WorkError, match="cannot be removed: Permission denied"):
        remove_model("m")
    find_model("m").verify()


def test_a_damaged_manifest_is_told(tmp_path: Path) -> None:
    install(str(regressor(tmp_path / "m.onnx")), kind=Kind.FULL_REFERENCE)
    manifest = find_model("m").folder / "model.json"
    manifest.write_text("{}")
    with pytest.raises(VmafxError, match=r"model\.json: cannot be used"):
        installed()
    shutil.rmtree(manifest.parent)


def test_the_shared_registry_installs_and_gives_the_published_number() -> None:
    install(str(shared("models/registry.json")))
    assert len(installed()) == 10
    row = np.array([[0.934506, 0.3636, 0.7675, 0.8628, 0.9158, 3.8953]], np.float32)
    given = Session(find_model("vmaf_tiny_v2"), Wish()).run([row])
    assert given[0] == pytest.approx(76.459, abs=1e-3)
