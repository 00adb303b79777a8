"""Packages that are not always there, and the extras of vmafx that bring them."""

from importlib.util import find_spec
from sys import platform

from vmafx_core.errors import ComponentError

EXTRAS: dict[str, tuple[str, ...]] = {
    "daemon": (
        "grpc_health",
        "grpc_reflection",
        "prometheus_client",
        "psutil",
        "sqlalchemy",
        "starlette",
        "uvicorn",
        *(["uvloop"] if platform != "win32" else []),
    ),
    "onnx": ("httpx", "onnx", "onnxruntime"),
    "postgresql": ("psycopg",),
    "parquet": ("pyarrow",),
    "ffmpeg": ("imageio_ffmpeg",),
}
"""The modules of each extra, as pyproject.toml names their packages."""


def lacking(extra: str) -> tuple[str, ...]:
    """The modules of an extra that are not installed."""
    return tuple(module for module in EXTRAS[extra] if find_spec(module) is None)


def remedy(extra: str) -> str:
    """How an extra is installed."""
    return f"pip install 'vmafx[{extra}]'"


def require(extra: str, what: str, *modules: str, further: str = "") -> None:
    """Refuse something that needs an extra which is not installed.

    Args:
        extra: The extra.
        what: What needs it, for the message.
        modules: Which of its modules it needs; all where none is named.
        further: What else there is to do about it.

    Raises:
        ComponentError: One of them is not installed.
    """
    absent = [name for name in lacking(extra) if not modules or name in modules]
    if absent:
        several = "packages that are" if len(absent) > 1 else "a package that is"
        hint = f"Install what is missing: {remedy(extra)}{f', {further}' if further else ''}"
        hint += "" if hint.endswith((".", "?")) else "."
        raise ComponentError(f"{what} needs {several} not installed: {', '.join(absent)}", hint)
