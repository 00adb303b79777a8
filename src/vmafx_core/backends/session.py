"""Models that are loaded, by ONNX Runtime, on one device."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vmafx_core.backends.devices import find_devices
from vmafx_core.backends.half import in_half
from vmafx_core.backends.installed import InstalledModel
from vmafx_core.backends.providers import AUTO, CPU, Placement, Wish, missing, placements
from vmafx_core.backends.runtime import runtime
from vmafx_core.backends.specs import Precision
from vmafx_core.errors import ComponentError, InputError, UsageError, VmafxError, WorkError
from vmafx_core.notice import Notice, warning

Values = npt.NDArray[Any]

_USUAL_SIDE = 224
# Pictures that are fed at once, and the bytes that they may take.
_MOST_AT_ONCE = 8
_MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Where a model really runs.

    Attributes:
        provider: ONNX Runtime's name of the provider, as the session tells it.
        device: The GPU's name; "CPU" where it is none.
        runtime: The version of ONNX Runtime.
        precision: The numbers it computes with.
    """

    provider: str
    device: str
    runtime: str
    precision: Precision


class Session:
    """One model on one device, ready to run.

    Args:
        model: The model; its files are compared with their hashes first.
        wish: Where it is to run.
        threads: Threads of the CPU; scoring needs the others.
        precision: The numbers it is to compute with.

    Raises:
        InputError: The model was changed, or cannot be loaded.
        ComponentError: The device that was asked for cannot be had, or none computes in fp16.
        UsageError: There is no int8 twin.
    """

    def __init__(
        self,
        model: InstalledModel,
        wish: Wish,
        *,
        threads: int = 1,
        precision: Precision = Precision.FP32,
    ) -> None:
        model.verify()
        self.model = model
        self.notices: list[Notice] = []
        self.threads = threads
        ort = runtime()
        self._several = False
        self._session, placement = self._open(ort, wish, precision)
        self.running = Running(
            provider=placement.provider.name,
            device=placement.place,
            runtime=ort.__version__,
            precision=precision,
        )

    def _open(self, ort: Any, wish: Wish, precision: Precision) -> tuple[Any, Placement]:
        """Open it where it may run, at the first place that works."""
        failed: list[str] = []
        devices, available = find_devices(), ort.get_available_providers()
        for placement in placements(wish, devices, available):
            name = placement.provider.name
            if precision is Precision.FP16 and not placement.halves:
                failed.append(f"{name} does not compute in fp16 on {placement.place}")
                continue
            try:
                session = self._opened(ort, placement, precision)
            except VmafxError:
                raise
            except Exception as error:  # noqa: BLE001 - its exceptions have no common base
                failed.append(f"{name}: {_first_line(error)}")
                continue
            if failed:
                text = f"{self.model.entry.id} runs on {name}, because of {'; '.join(failed)}"
                self.notices.append(warning("device", text))
            if wish.device == AUTO and not placement.device:
                for gpu, package in missing(devices, available):
                    text = f"{gpu.name} is not used: {package} would enable it"
                    self.notices.append(warning("device", text))
            return session, placement
        told = "; ".join(failed)
        if precision is Precision.FP16:
            raise ComponentError(
                f"model {self.model.entry.id}: cannot run in fp16: {told}", "Leave out :fp16."
            )
        if wish.device in {AUTO, CPU}:
            raise InputError(f"model {self.model.entry.id}: cannot be loaded: {told}", "")
        raise ComponentError(f"device '{wish}' cannot be used: {told}", "See 'vmafx devices'.")

    def _opened(self, ort: Any, placement: Placement, precision: Precision) -> Any:
        provider = placement.provider
        # So that it counts GPUs as the driver lists them, and not the fastest first.
        os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
        further = provider.half if precision is Precision.FP16 else provider.precise
        session = ort.InferenceSession(
            self._graph(precision),
            _options(ort, self.threads),
            providers=[(provider.name, dict((*placement.options, *(further or ()))))],
        )
        session.disable_fallback()
        # The CPU stands in silently for a provider whose libraries are missing.
        if session.get_providers()[0] != provider.name:
            raise RuntimeError("its libraries cannot be loaded")
        self._several = precision is not Precision.INT8 and placement.place != "CPU"
        if provider.device != CPU:
            # Some fail, or compile, only when they run first.
            session.run([self.model.description.output.name], self._blank())
        return session

    def _graph(self, precision: Precision) -> str | bytes:
        """The model's file, or what is made of it."""
        model = self.model
        match precision:
            case Precision.FP32:
                return str(model.file)
            case Precision.FP16:
                return in_half(model.file, model.entry.id)
            case Precision.INT8:
                if model.int8 is None:
                    raise UsageError(f"{model.entry.id} has no int8 twin", "Leave out :int8.")
                return str(model.int8)

    def _blank(self) -> dict[str, Values]:
        """Something to feed: one row, or pictures of a usual size."""
        described = self.model.description
        length = len(described.features) or _USUAL_SIDE
        count = 1 if described.features else self.at_once(length, length)
        return {
            tensor.name: np.zeros(
                [count, *(length if d is None else d for d in tensor.shape[1:])], np.float32
            )
            for tensor in described.inputs
        }

    def at_once(self, width: int, height: int) -> int:
        """How many pictures of a size, or pairs of them, are to be fed at once.

        Several where that is faster and changes nothing: not on CPUs, where the graph takes one, or
        of int8 models, whose scales would depend on the neighbours of a picture.
        """
        described = self.model.description
        tensors = (*described.inputs, described.output)
        if not self._several or any(tensor.shape[:1] != (None,) for tensor in tensors):
            return 1
        sizes = (tensor.shape[1:] for tensor in described.inputs)
        samples = sum((c or 1) * (h or height) * (w or width) for c, h, w in sizes)
        return max(1, min(_MOST_AT_ONCE, _MOST_BYTES // (4 * samples)))

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
                "" if self.running.device == "CPU" else "Try --device cpu.",
            ) from error
        values: Values = given
        if not np.isfinite(values).all():
            raise WorkError(
                f"model {self.model.entry.id}: gave what is no number",
                "Its input may be out of its range, or the model damaged.",
            )
        return values


def check_loads(path: Path, name: str) -> None:
    """See whether a model can be loaded, on the CPU.

    Args:
        path: The model.
        name: What to call it in messages.

    Raises:
        InputError: It cannot.
    """
    ort = runtime()
    try:
        ort.InferenceSession(str(path), _options(ort, 1), providers=["CPUExecutionProvider"])
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
    # Sums of int8 products would overflow on CPUs of x86 that are without VNNI.
    options.add_session_config_entry("session.x64quantprecision", "1")
    return options


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:300]
