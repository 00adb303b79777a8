"""ONNX Runtime, whichever build of it is installed."""

from typing import Any

from vmafx_core.errors import ComponentError
from vmafx_core.extras import require


def runtime() -> Any:
    """ONNX Runtime.

    Raises:
        ComponentError: It is not installed, or does not load.
    """
    further = "or the build for your GPU; see 'vmafx devices'"
    require("onnx", "a neural model", "onnxruntime", further=further)
    try:
        import onnxruntime  # of an extra, and only where a model is used
    except ImportError as error:
        raise ComponentError(
            f"ONNX Runtime cannot be loaded: {error}", f"Install it again, {further}."
        ) from None
    # Its own lines would go to standard error, and failures come as exceptions anyway.
    onnxruntime.set_default_logger_severity(4)
    return onnxruntime
