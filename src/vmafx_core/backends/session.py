"""Models that are loaded, by ONNX Runtime, on one device."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vmafx_core.backends.devices import find_devices
from vmafx_core.backends.installed import InstalledModel
from vmafx_core.backends.providers import CPU, Placement, Wish, placements
from vmafx_core.errors import ComponentError, InputError, VmafxError, WorkError
from vmafx_core.notice import Notice, warning

Values = npt.NDArray[Any]


def runtime() -> Any:
    """ONNX Runtime.

    Raises:
        ComponentError: It is not installed, or does not load.
    """
    try:
        import onnxruntime  # noqa: PLC0415  # of an extra, and only where a model is used
    except ImportError as error:
        raise ComponentError(
            f"ONNX Runtime cannot be loaded: {error}",
            "Install vmafx[onnx], or the build for your GPU; see 'vmafx devices'.",
        ) from None
    # Its own lines would go to standard error, and failures come as exceptions anyway.
    onnxruntime.set_default_logger_severity(4)
    return onnxruntime


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Where a model really runs.

    Attributes:
        provider: ONNX Runtime's name of the provider, as the session tells it.
        device: The GPU's name; "CPU" where it is none.
        runtime: The version of ONNX Runtime.
        precision: "fp32" or "int8".
    """

    provider: str
    device: str
    runtime: str
    precision: str


class Session:
    """One model on one device, ready to run.

    Args:
        model: The model; its files are compared with their hashes first.
        wish: Where it is to run.
        threads: Threads of the CPU; scoring needs the others.
        int8: Whether its int8 twin is to be used.

    Raises:
        InputError: The model was changed, or cannot be loaded.
        ComponentError: The device that was asked for cannot be had.
        UsageError: There is no int8 twin.
    """

    def __init__(
        self, model: InstalledModel, wish: Wish, *, threads: int = 1, int8: bool = False
    ) -> None:
        model.verify()
        self.model = model
        self.notices: list[Notice] = []
        ort = runtime()
        path = model.int8 if int8 else model.file
        if path is None:
            raise InputError(f"model {model.entry.id}: has no int8 twin", "Leave out --int8.")
        self._session, placement = self._open(ort, path, wish, threads)
        self.running = Running(
            provider=self._session.get_providers()[0],
            device=placement.device.name if placement.device else "CPU",
            runtime=ort.__version__,
            precision="int8" if int8 else "fp32",
        )

    def _open(self, ort: Any, path: Path, wish: Wish, threads: int) -> tuple[Any, Placement]:
        """Open it where it may run, at the first place that works."""
        failed: list[str] = []
        for placement in placements(wish, find_devices(), ort.get_available_providers()):
            name = placement.provider.name
            try:
                session = ort.InferenceSession(
                    str(path),
                    _options(ort, threads),
                    providers=[(name, dict(placement.options))],
                )
                session.disable_fallback()
            except Exception as error:  # noqa: BLE001 - its exceptions have no common base
                failed.append(f"{name}: {_first_line(error)}")
                continue
            # The CPU stands in silently for a provider whose libraries are missing.
            if session.get_providers()[0] != name:
                failed.append(f"{name}: its libraries cannot be loaded")
                continue
            if failed:
                text = f"{self.model.entry.id} runs on {name}, because of {'; '.join(failed)}"
                self.notices.append(warning("device", text))
            return session, placement
        told = "; ".join(failed)
        if wish.device in {"auto", CPU}:
            raise InputError(f"model {self.model.entry.id}: cannot be loaded: {told}", "")
        raise ComponentError(f"device '{wish}' cannot be used: {told}", "See 'vmafx devices'.")

    def run(self, inputs: Sequence[Values]) -> Values:
        """Feed the model, and return what comes out first.

        Args:
            inputs: One array for each input, in the order of its description, float32.

        Raises:
            WorkError: The provider failed, or gave what is no number.
        """
        feed = {
            tensor.name: values
            for tensor, values in zip(self.model.description.inputs, inputs, strict=True)
        }
        try:
            (given,) = self._session.run([self.model.description.output.name], feed)
        except Exception as error:
            raise WorkError(
                f"model {self.model.entry.id} failed on {self.running.provider}: "
                f"{_first_line(error)}",
                "Try --device cpu.",
            ) from error
        values: Values = given
        if not np.isfinite(values).all():
            raise WorkError(
                f"model {self.model.entry.id}: gave what is no number",
                "Its input may be out of its range, or the model damaged.",
            )
        return values


def check_loads(path: Path, name: str) -> None:
    """See whether a model can be loaded and run, on the CPU.

    Args:
        path: The model.
        name: What to call it in messages.

    Raises:
        InputError: It cannot.
    """
    ort = runtime()
    try:
        ort.InferenceSession(str(path), _options(ort, 1), providers=["CPUExecutionProvider"])
    except VmafxError:
        raise
    except Exception as error:
        raise InputError(
            f"{name}: cannot be loaded: {_first_line(error)}", "Export it anew."
        ) from error


def _options(ort: Any, threads: int) -> Any:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # Threads that wait for work would spin, and take the CPU from the scoring.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:300]
