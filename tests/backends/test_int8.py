"""int8 models give the same on every CPU."""

from pathlib import Path

import numpy as np
import pytest
from onnx import helper

from support.onnx_models import Shape, write_model
from vmafx_core.backends.install import install
from vmafx_core.backends.installed import find_model
from vmafx_core.backends.providers import Wish
from vmafx_core.backends.registry import Kind
from vmafx_core.backends.session import Session


def test_large_products_do_not_overflow(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("DynamicQuantizeLinear", ["features"], ["bytes", "scale", "zero"]),
        helper.make_node("MatMulInteger", ["bytes", "weights", "zero"], ["sums"]),
        helper.make_node("Cast", ["sums"], ["products"], to=1),
        helper.make_node("Mul", ["products", "scale"], ["rows"]),
        helper.make_node("Squeeze", ["rows", "axis"], ["score"]),
    ]
    constants = {
        "weights": np.full((6, 1), 127, np.int8),
        "axis": np.array([1], np.int64),
    }
    read: dict[str, Shape] = {"features": ["N", 6]}
    path = write_model(tmp_path / "m.onnx", nodes, read, {"score": ["N"]}, constants)
    install(str(path), kind=Kind.FULL_REFERENCE)
    given = Session(find_model("m"), Wish("cpu")).run([np.ones((3, 6), np.float32)])
    assert given == pytest.approx(6 * 127, rel=1e-6)
