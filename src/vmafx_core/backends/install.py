"""Installing models: fetched, checked, and only then put in place."""

import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vmafx_core.backends.description import describe_model
from vmafx_core.backends.fetch import Origin, Progress
from vmafx_core.backends.graph import Graph, check_graph
from vmafx_core.backends.installed import (
    MANIFEST,
    InstalledModel,
    manifest_of,
    models_folder,
    sha256_of,
)
from vmafx_core.backends.registry import Entry, Kind, parse_json, parse_registry
from vmafx_core.backends.session import check_loads
from vmafx_core.errors import InputError, UnknownNameError, UsageError, WorkError
from vmafx_core.notice import Notice, info, warning

MOST_BYTES = 256 << 20
_MOST_REGISTRY = 16 << 20
_OLD_SECONDS = 24 * 60 * 60
_ATTEMPTS = 100


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installation did.

    Attributes:
        models: The models that are installed now.
        notices: What there is to tell.
    """

    models: tuple[InstalledModel, ...]
    notices: tuple[Notice, ...]


def install(
    location: str,
    *,
    only: Sequence[str] = (),
    kind: Kind | None = None,
    most_bytes: int = MOST_BYTES,
    progress: Progress = lambda *_: None,
) -> Installed:
    """Install the models of a registry, or one model.

    All of them are checked before the first is put in place: either all are installed or none.

    Args:
        location: A registry, or an .onnx file, each a path or a URL.
        only: Ids of a registry's models to install; all where empty.
        kind: What a single model is for, where no registry says it.
        most_bytes: The longest file that is taken.
        progress: Told how far downloads are.

    Raises:
        InputError: Something is missing, damaged, or not what the registry says.
        UnknownNameError: The registry has no model of that name.
        RemoteError: A server cannot be reached.
        ComponentError: A package for models is missing.
        WorkError: There is no room, or no right to write.
    """
    origin = Origin(location, most_bytes, progress)
    folder = models_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        with tempfile.TemporaryDirectory(prefix=".coming-", dir=folder) as room:
            coming = _Coming(origin, Path(room), kind)
            models = [coming.model(entry, place) for place, entry in coming.entries(only)]
            _put(models, folder, Path(room, ".before"))
            placed = (replace(model, folder=folder / model.entry.id) for model in models)
            return Installed(tuple(placed), tuple(coming.notices))
    except OSError as error:
        raise WorkError(
            f"{error.filename or folder}: {error.strerror}", "Nothing was installed."
        ) from error


def _sweep(folder: Path) -> None:
    """Remove what installations left that were killed; one that goes on is younger."""
    for left in folder.glob(".*-*"):
        # Others may be sweeping, too.
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > _OLD_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


class _Coming:
    """The models of one installation, before they are put in place."""

    def __init__(self, origin: Origin, room: Path, kind: Kind | None) -> None:
        self._origin = origin
        self._room = room
        # Where a model that comes alone lies; ids begin with no dot.
        self._alone = room / ".alone"
        self._kind = kind
        self.notices: list[Notice] = []

    def entries(self, only: Sequence[str]) -> Iterator[tuple[Origin, Entry]]:
        """Each model's registry, and what it says of the model."""
        if self._origin.name.endswith(".onnx"):
            if only:
                raise UsageError("names choose among a registry's models", "Leave them out.")
            yield self._origin, self._single()
            return
        index = self._room / ".registry"
        Origin(self._origin.location, _MOST_REGISTRY, self._origin.progress).fetch(index)
        entries = {e.id: e for e in parse_registry(index.read_bytes(), self._origin.name)}
        for name in only:
            if name not in entries:
                raise UnknownNameError.of(f"model of {self._origin.name}:", name, entries)
        for name in only or entries:
            yield self._origin, entries[name]

    def _single(self) -> Entry:
        """What can be said of a model that comes without a registry."""
        name = self._origin.name.removesuffix(".onnx")
        self._origin.fetch(self._alone)
        fields = {
            "id": name.lower(),
            "kind": self._kind or self._told(self._origin).get("kind"),
            "onnx": self._origin.name.lower(),
            "sha256": sha256_of(self._alone),
        }
        if fields["kind"] is None:
            raise UsageError(
                f"{self._origin.name}: nothing says what it is for", "Say --kind fr, nr or filter."
            )
        document = json.dumps({"schema_version": 1, "models": [fields]}).encode()
        (entry,) = parse_registry(document, self._origin.name)
        return entry

    def model(self, entry: Entry, registry: Origin) -> InstalledModel:
        """Fetch and check one model."""
        room = self._room / entry.id
        room.mkdir()
        origin = registry if registry.name.lower() == entry.onnx else registry.beside(entry.onnx)
        file = room / origin.name.lower()
        if self._alone.exists():
            self._alone.rename(file)
        else:
            origin.fetch(file)
        graph, files = self._checked(entry, origin, file, entry.sha256)
        if entry.opset not in {None, graph.opset}:
            text = f"{entry.id}: is of opset {graph.opset}; the registry says {entry.opset}"
            self.notices.append(info("opset", text))
        if entry.int8:
            files |= self._twin(entry, registry.beside(entry.int8), room, graph)
        description = describe_model(entry.kind, graph, self._told(origin), entry.id)
        model = InstalledModel(
            folder=room,
            entry=entry,
            description=description,
            opset=graph.opset,
            files=files,
            source=registry.location,
        )
        for path in filter(None, (model.file, model.int8)):
            check_loads(path, entry.id)
        (room / MANIFEST).write_text(manifest_of(model), encoding="utf-8")
        return model

    def _checked(
        self, entry: Entry, origin: Origin, file: Path, expected: str
    ) -> tuple[Graph, dict[str, str]]:
        """A model's file and those of its weights, which are fetched: its graph, their hashes."""
        if (found := sha256_of(file)) != expected:
            raise InputError(
                f"{entry.id}: {origin.name} has the SHA-256 {found[:12]}..., "
                f"not {expected[:12]}... as the registry says",
                "It was changed or damaged; get it again.",
            )
        graph = check_graph(file, entry.id)
        for name in graph.files:
            if name in {MANIFEST, file.name}:
                raise InputError(f"{entry.id}: has weights in {name!r}", "Export it anew.")
            origin.beside(name).fetch(file.with_name(name))
        return graph, {name: sha256_of(file.with_name(name)) for name in (file.name, *graph.files)}

    def _twin(self, entry: Entry, origin: Origin, room: Path, graph: Graph) -> dict[str, str]:
        """Fetch the int8 twin; it must take and give what the model does."""
        file = room / origin.name
        if not origin.fetch_if_there(file):
            text = f"{entry.id}: its int8 twin {origin.name} is not there; fp32 is used"
            self.notices.append(warning("no-int8", text))
            return {}
        twin, files = self._checked(entry, origin, file, entry.int8_sha256)
        if (twin.inputs, twin.outputs) != (graph.inputs, graph.outputs):
            raise InputError(
                f"{entry.id}: its int8 twin takes or gives something else", "Export it anew."
            )
        return files

    def _told(self, origin: Origin) -> dict[str, Any]:
        """The description beside a model; empty where there is none."""
        beside = origin.beside(origin.name.removesuffix(".onnx") + ".json")
        kept = self._room / ".description"
        if not beside.fetch_if_there(kept):
            return {}
        told = parse_json(kept.read_bytes(), beside.name)
        kept.unlink()
        if not isinstance(told, dict):
            raise InputError(f"{beside.name}: is no description of a model", "Check the file.")
        return told


def _put(models: Sequence[InstalledModel], folder: Path, before: Path) -> None:
    """Put checked models in their places, all or none.

    Args:
        models: The models, as they came.
        folder: Where they go.
        before: Where what they replace is kept until all are there.
    """
    before.mkdir()
    moves: list[tuple[Path, Path]] = []

    def move(source: Path, target: Path) -> None:
        moves.append((source, target))
        source.rename(target)

    try:
        for model in models:
            place = folder / model.entry.id
            for attempt in range(_ATTEMPTS):
                with suppress(FileNotFoundError):
                    move(place, before / f"{model.entry.id}-{attempt}")
                try:
                    move(model.folder, place)
                    break
                except OSError:
                    # Another installation may have put one there in the meantime.
                    if attempt + 1 == _ATTEMPTS or not place.exists():
                        raise
    except BaseException:
        for source, target in reversed(moves):
            if target.exists() and not source.exists():
                target.rename(source)
        raise
