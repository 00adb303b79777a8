"""Small ONNX models made on the spot, and registries of them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Shape = Sequence[int | str]


def value(name: str, shape: Shape) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))


def write_model(
    path: Path,
    nodes: Sequence[Any],
    inputs: Mapping[str, Shape],
    outputs: Mapping[str, Shape],
    constants: Mapping[str, Any] | None = None,
    *,
    opset: int = 17,
) -> Path:
    """Write a graph of these nodes."""
    held = [
        numpy_helper.from_array(np.asarray(array), name)
        for name, array in (constants or {}).items()
    ]
    graph = helper.make_graph(
        list(nodes),
        path.stem,
        [value(*item) for item in inputs.items()],
        [value(*item) for item in outputs.items()],
        held,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
    path.write_bytes(model.SerializeToString())
    return path


def regressor(path: Path, weights: Sequence[float] = (50.0, 10.0, 10.0, 10.0, 10.0, 0.1)) -> Path:
    """A score that is a weighted sum of the six canonical features."""
    nodes = [
        helper.make_node("MatMul", ["features", "weights"], ["rows"]),
        helper.make_node("Squeeze", ["rows", "axis"], ["score"]),
    ]
    constants = {
        "weights": np.asarray(weights, np.float32)[:, None],
        "axis": np.asarray([1], np.int64),
    }
    return write_model(path, nodes, {"features": ["N", 6]}, {"score": ["N"]}, constants)


def brightness(path: Path, size: int = 32) -> Path:
    """A no-reference score: the mean of a grey picture."""
    nodes = [helper.make_node("ReduceMean", ["frame"], ["mos"], axes=[1, 2, 3], keepdims=0)]
    return write_model(path, nodes, {"frame": ["N", 1, size, size]}, {"mos": ["N"]})


def difference(path: Path) -> Path:
    """A full-reference distance: the mean absolute difference of two RGB pictures."""
    nodes = [
        helper.make_node("Sub", ["ref", "dist"], ["d"]),
        helper.make_node("Abs", ["d"], ["a"]),
        helper.make_node("ReduceMean", ["a"], ["score"], axes=[1, 2, 3], keepdims=0),
    ]
    shape: Shape = [1, 3, "H", "W"]
    return write_model(path, nodes, {"ref": shape, "dist": shape}, {"score": [1]})


def brighter(path: Path) -> Path:
    """A filter: a grey picture, an eighth brighter."""
    nodes = [helper.make_node("Add", ["degraded", "more"], ["filtered"])]
    shape: Shape = ["N", 1, 32, 32]
    constants = {"more": np.asarray(0.125, np.float32)}
    return write_model(path, nodes, {"degraded": shape}, {"filtered": shape}, constants)


def left_half(path: Path) -> Path:
    """A saliency map: the sigmoid of the first channel."""
    nodes = [
        helper.make_node("Slice", ["input", "from", "to", "axis"], ["red"]),
        helper.make_node("Sigmoid", ["red"], ["saliency_map"]),
    ]
    constants = {
        "from": np.asarray([0], np.int64),
        "to": np.asarray([1], np.int64),
        "axis": np.asarray([1], np.int64),
    }
    read: dict[str, Shape] = {"input": [1, 3, "H", "W"]}
    written: dict[str, Shape] = {"saliency_map": [1, 1, "H", "W"]}
    return write_model(path, nodes, read, written, constants)


def entry(path: Path, kind: str, **more: Any) -> dict[str, Any]:
    """What a registry says of a model."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"id": path.stem, "kind": kind, "onnx": path.name, "sha256": digest, "opset": 17} | more


def write_registry(path: Path, *entries: Mapping[str, Any]) -> Path:
    """Write a registry of these entries."""
    path.write_text(json.dumps({"schema_version": 1, "models": list(entries)}))
    return path


def with_outside_weights(path: Path, location: str) -> Path:
    """Have a model's first constant lie in another file."""
    model = onnx.load_model(path)
    tensor = model.graph.initializer[0]
    raw = numpy_helper.to_array(tensor).tobytes()
    if "/" not in location:
        path.with_name(location).write_bytes(raw)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, text in (("location", location), ("offset", "0"), ("length", str(len(raw)))):
        tensor.external_data.add(key=key, value=text)
    path.write_bytes(model.SerializeToString())
    return path
