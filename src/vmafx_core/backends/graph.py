"""What a model's graph may be: operators of a list, files of its own folder, sane shapes.

A model is a program that somebody else wrote. Before it is installed it is read as data, without
loading what lies outside its file, and refused where it could do more than arithmetic.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from vmafx_core.backends.registry import OPSETS
from vmafx_core.errors import InputError
from vmafx_core.extras import require

_MOST_DEPTH = 8
_MOST_LOOPS = 16
_MOST_NODES = 100_000
_MOST_RANK = 8
_MOST_ELEMENTS = 1 << 28

# Arithmetic, shapes and choices; nothing that reads, prints, draws at random or calls out.
_OPERATORS = """
    Abs Add And ArgMax ArgMin AveragePool BatchNormalization Cast CastLike Ceil Clip Concat
    Constant ConstantOfShape Conv ConvInteger ConvTranspose Cos CumSum DepthToSpace
    DequantizeLinear Div Dropout DynamicQuantizeLinear Einsum Elu Equal Erf Exp Expand Flatten
    Floor GRU Gather GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalMaxPool Greater
    GreaterOrEqual HardSigmoid HardSwish Identity If InstanceNormalization LSTM
    LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax Loop LpNormalization MatMul
    MatMulInteger Max MaxPool Mean Min Mish Mod Mul Neg Not Or PRelu Pad Pow QLinearConv
    QLinearMatMul QuantizeLinear Range Reciprocal ReduceL1 ReduceL2 ReduceLogSumExp ReduceMax
    ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize Round
    ScatterND Selu Shape Sigmoid Sign Sin Slice Softmax Softplus Softsign SpaceToDepth Split
    Sqrt Squeeze Sub Sum Tanh Tile TopK Transpose Trilu Unsqueeze Upsample Where Xor
"""
_ALLOWED = frozenset(_OPERATORS.split())
# As ONNX numbers the types of elements: float32, float16, float64.
_FLOAT = 1
_FLOATS = (_FLOAT, 10, 11)
_DOMAINS = frozenset({"", "ai.onnx"})


@dataclass(frozen=True, slots=True)
class Tensor:
    """An input or output of a model.

    Attributes:
        name: Its name.
        shape: Its dimensions; None where one is open.
    """

    name: str
    shape: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """What a model's graph is.

    Attributes:
        opset: The opset that it was made for.
        inputs: What goes in.
        outputs: What comes out.
        files: The files beside it that hold its weights, by name.
    """

    opset: int
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    files: tuple[str, ...]


def check_graph(path: Path, name: str) -> Graph:
    """Read a model as data, and refuse what it must not be.

    Args:
        path: The file.
        name: What to call it in messages.

    Raises:
        ComponentError: The package that reads models is missing.
        InputError: It is no model, or not one that may be loaded.
    """
    model = _read(path, name)
    opset = _opset(model, name)
    loops = 0
    for count, (node, depth) in enumerate(_nodes(model.graph.node)):
        if node.domain not in _DOMAINS or node.op_type not in _ALLOWED:
            full = f"{node.domain}.{node.op_type}".lstrip(".")
            raise InputError(
                f"{name}: uses the operator {full!r}", "Models may do arithmetic only."
            )
        loops += node.op_type == "Loop"
        if depth > _MOST_DEPTH or loops > _MOST_LOOPS or count > _MOST_NODES:
            raise InputError(
                f"{name}: has more than {_MOST_NODES} nodes, {_MOST_LOOPS} loops or "
                f"{_MOST_DEPTH} graphs inside each other",
                "Use a smaller model.",
            )
    if model.functions:
        raise InputError(f"{name}: brings functions of its own", "Export it without them.")
    _check_inside(model, name)
    constants = {tensor.name for tensor in model.graph.initializer}
    return Graph(
        opset,
        tuple(_tensor(v, name, (_FLOAT,)) for v in model.graph.input if v.name not in constants),
        tuple(_tensor(v, name, _FLOATS) for v in model.graph.output),
        tuple(dict.fromkeys(_outside(model, name))),
    )


def _read(path: Path, name: str) -> Any:
    require("onnx", "installing a model", "onnx")
    import onnx  # wanted for installing only

    try:
        model = onnx.load_model(path, format="protobuf", load_external_data=False)
    except Exception as error:  # the package has no tree of its own
        if isinstance(error, OSError):
            raise InputError(f"{name}: cannot be read: {error.strerror}", "Check it.") from error
        raise InputError(f"{name}: is no ONNX model, or is damaged", "Check the file.") from error
    if not model.graph.node or not model.graph.output:
        raise InputError(f"{name}: is no ONNX model: it computes nothing", "Check the file.")
    return model


def _opset(model: Any, name: str) -> int:
    versions = {o.domain: o.version for o in model.opset_import}
    opset: int = next((v for d, v in versions.items() if d in _DOMAINS), 0)
    if opset not in OPSETS:
        raise InputError(
            f"{name}: is made for opset {opset}", f"{OPSETS[0]} to {OPSETS[-1]} can be used."
        )
    return opset


def _check_inside(model: Any, name: str) -> None:
    """Refuse values too large for any machine: loading works some of them out at once."""
    import onnx  # it is there: the model was read by it

    try:
        inferred = onnx.shape_inference.infer_shapes(model, data_prop=True)
    except Exception as error:  # the package has no tree of its own
        raise InputError(f"{name}: has shapes that do not fit", "Export it anew.") from error
    for value in inferred.graph.value_info:
        dims = [d.dim_value for d in value.type.tensor_type.shape.dim if d.HasField("dim_value")]
        if math.prod(dims) > _MOST_ELEMENTS:
            raise InputError(f"{name}: {value.name!r} has the shape {dims}", "Check the model.")


def _nodes(nodes: Any, depth: int = 0) -> Iterator[tuple[Any, int]]:
    """Every node, those of graphs inside it too, with how deep it is."""
    for node in nodes:
        yield node, depth
        if depth > _MOST_DEPTH:
            continue
        for attribute in node.attribute:
            for inner in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
                yield from _nodes(inner.node, depth + 1)


def _tensor(value: Any, name: str, kinds: tuple[int, ...]) -> Tensor:
    if value.type.tensor_type.elem_type not in kinds:
        raise InputError(
            f"{name}: {value.name!r} is not of 32-bit numbers", "Export it with float32 outside."
        )
    dims = value.type.tensor_type.shape.dim
    shape = tuple(d.dim_value if d.HasField("dim_value") else None for d in dims)
    known = [d for d in shape if d is not None]
    too_large = len(shape) > _MOST_RANK or math.prod(known) > _MOST_ELEMENTS
    if too_large or any(d < 1 for d in known):
        raise InputError(f"{name}: {value.name!r} has the shape {shape}", "Check the model.")
    return Tensor(value.name, shape)


def _outside(model: Any, name: str) -> Iterator[str]:
    """The names of the files that hold its weights."""
    for tensor in _tensors(model.graph):
        for entry in tensor.external_data:
            if entry.key != "location":
                continue
            where = PurePosixPath(entry.value)
            if len(where.parts) != 1 or where.name in {"", ".", ".."} or "\\" in entry.value:
                raise InputError(
                    f"{name}: has weights outside its folder, in {entry.value!r}",
                    "They must lie beside it.",
                )
            yield entry.value


def _tensors(graph: Any) -> Iterator[Any]:
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node, _ in _nodes(graph.node):
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors
            for inner in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
                yield from inner.initializer
