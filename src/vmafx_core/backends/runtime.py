"""ONNX Runtime, whichever build of it is installed."""

from typing import Any

from vmafx_core.errors import ComponentError


def runtime() -> Any:
    """ONNX Runtime.

    Raises:
        ComponentError: It is not installed, or does not load.
    """
    try:
        import onnxruntime  # of an extra, and only where a model is used
    except ImportError as error:
        raise ComponentError(
            f"ONNX Runtime cannot be loaded: {error}",
            "Install vmafx[onnx], or the build for your GPU; see 'vmafx devices'.",
        ) from None
    # Its own lines would go to standard error, and failures come as exceptions anyway.
    onnxruntime.set_default_logger_severity(4)
    return onnxruntime
