"""The models that are installed: one folder each, below the user's data directory.

A folder holds the model's files and `model.json`: what the registry said of it, its description,
and the hash of every file. It is put in place by one renaming, so that a model is there whole or
not at all.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vmafx_core.backends.description import Description
from vmafx_core.backends.graph import Tensor
from vmafx_core.backends.registry import Entry, Kind
from vmafx_core.backends.role import Role
from vmafx_core.errors import InputError, UnknownNameError, WorkError

FOLDER_VARIABLE = "VMAFX_MODEL_DIR"
MANIFEST = "model.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledModel:
    """A model that is installed.

    Attributes:
        folder: Where its files are.
        entry: What the registry says of it.
        description: What it takes and gives.
        opset: The opset of its graph.
        files: The SHA-256 of each of its files, by name.
        source: Where it came from.
    """

    folder: Path
    entry: Entry
    description: Description
    opset: int
    files: Mapping[str, str]
    source: str

    @property
    def file(self) -> Path:
        """The model's own file."""
        return self.folder / Path(self.entry.onnx).name

    @property
    def int8(self) -> Path | None:
        """The int8 twin's file; None where there is none."""
        name = Path(self.entry.int8).name
        return self.folder / name if name in self.files else None

    @property
    def bytes(self) -> int:
        """What its files take."""
        return sum((self.folder / name).stat().st_size for name in self.files)

    def verify(self) -> None:
        """Compare every file with its hash.

        Raises:
            InputError: One is missing or was changed.
        """
        for name, expected in self.files.items():
            path = self.folder / name
            try:
                found = sha256_of(path)
            except OSError as error:
                raise InputError(
                    f"model {self.entry.id}: {name} cannot be read: {error.strerror}", _AGAIN
                ) from error
            if found != expected:
                raise InputError(
                    f"model {self.entry.id}: {name} was changed since it was installed", _AGAIN
                )


_AGAIN = "Install it again with 'vmafx models add'."


def models_folder() -> Path:
    """Where models are installed."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    from platformdirs import user_data_path  # not needed where nothing is asked

    return user_data_path("vmafx", appauthor=False) / "models"


def installed() -> dict[str, InstalledModel]:
    """All installed models by their id.

    Raises:
        InputError: What is kept of one cannot be read.
    """
    manifests = sorted(models_folder().glob(f"[!.]*/{MANIFEST}"))
    return {model.entry.id: model for model in filter(None, map(_read, manifests))}


def find_model(model_id: str) -> InstalledModel:
    """One installed model.

    Raises:
        UnknownNameError: There is none of that name.
        InputError: What is kept of it cannot be read.
    """
    models = installed()
    if model_id not in models:
        raise UnknownNameError.of(
            "installed model",
            model_id,
            models,
            "Install it with 'vmafx models add' where it is to run.",
        )
    return models[model_id]


def remove_model(model_id: str) -> InstalledModel:
    """Remove an installed model; returns what it was.

    Raises:
        UnknownNameError: There is none of that name.
        WorkError: There is no right to remove it.
    """
    model = find_model(model_id)
    leaving = model.folder.with_name(f".{model_id}-leaving-{os.getpid()}")
    try:
        model.folder.rename(leaving)
        shutil.rmtree(leaving)
    except OSError as error:
        raise WorkError(f"{model.folder}: cannot be removed: {error.strerror}") from error
    return model


def manifest_of(model: InstalledModel) -> str:
    """The text of a model's manifest."""
    kept = asdict(model) | {"format": _FORMAT}
    del kept["folder"]
    return json.dumps(kept, indent=2) + "\n"


def sha256_of(path: Path) -> str:
    """A file's SHA-256, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(manifest: Path) -> InstalledModel | None:
    """A model by its manifest; None where it has just been removed."""
    try:
        kept = json.loads(manifest.read_text(encoding="utf-8"))
        _check_format(kept["format"])
        about = kept["description"]
        return InstalledModel(
            folder=manifest.parent,
            entry=Entry(**(kept["entry"] | {"kind": Kind(kept["entry"]["kind"])})),
            description=Description(
                role=Role(about["role"]),
                inputs=tuple(map(_tensor, about["inputs"])),
                output=_tensor(about["output"]),
                **{k: tuple(about[k]) for k in ("features", "mean", "std", "encoders")},
            ),
            opset=kept["opset"],
            files=kept["files"],
            source=kept["source"],
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{manifest}: cannot be used: {error!r}", _AGAIN) from error


def _check_format(number: int) -> None:
    if number != _FORMAT:
        raise ValueError(f"format {number}, not {_FORMAT}")


def _tensor(kept: Mapping[str, Any]) -> Tensor:
    return Tensor(kept["name"], tuple(kept["shape"]))
