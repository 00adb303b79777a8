"""Models in fp16, for GPUs: half the memory, and faster where the device is made for it."""

from pathlib import Path
from typing import Any

from vmafx_core.errors import InputError
from vmafx_core.extras import require


def in_half(path: Path, name: str) -> bytes:
    """A model whose weights and values are fp16; what goes in and comes out stays fp32.

    Args:
        path: The model in fp32.
        name: What to call it in messages.

    Raises:
        ComponentError: The package that reads models is missing.
        InputError: It cannot be had in fp16.
    """
    require("onnx", "a model in fp16", "onnx", "onnxruntime")
    import onnx  # most runs do without
    from onnxruntime.transformers import float16

    try:
        half: Any = float16.convert_float_to_float16(onnx.load(path), keep_io_types=True)
        made: bytes = half.SerializeToString()
    except Exception as error:  # it has no tree of its own
        raise InputError(
            f"model {name}: cannot be brought to fp16: {error}", "Leave out :fp16."
        ) from error
    return made
