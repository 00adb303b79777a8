"""Points of earlier runs, kept on disk by what they were made of.

A point is found again by the pictures themselves (a hash over every sampled one), by the setting,
the encoder's build, the models, features and libvmaf: where any of them differs, so does the point.
The paths and names of files do not matter.

SQLite keeps concurrent runs and crashes from doing harm. The cache is never the reason for a run to
fail: one that cannot be used is told of and left alone, one that is damaged is set aside.
"""

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

import av
import numpy as np

from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.encoders.encode import version_of
from vmafx_core.errors import WorkError
from vmafx_core.libvmaf.library import load
from vmafx_core.notice import Notice, warning
from vmafx_core.probing.points import Point
from vmafx_core.probing.request import Measuring
from vmafx_core.probing.sample import Sample
from vmafx_core.scoring.pooling import pool
from vmafx_core.scoring.result import Metric, MetricKind, is_distance

CACHE_VARIABLE = "VMAFX_CACHE_DIR"
MOST_BYTES = 512 << 20

# Changes where points of older programs are not to be used any more.
_FORMAT = 1
_PATIENCE = 10.0
_SCHEMA = """
PRAGMA auto_vacuum = FULL;
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS points (
    key TEXT PRIMARY KEY,
    family TEXT NOT NULL,
    about TEXT NOT NULL,
    scores BLOB NOT NULL,
    bytes INTEGER NOT NULL,
    used REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS points_by_family ON points (family);
CREATE INDEX IF NOT EXISTS points_by_use ON points (used);
"""


@dataclass(frozen=True, slots=True)
class Family:
    """All points that differ in quality alone.

    Attributes:
        key: A hash of everything else that they are made of.
    """

    key: str

    @classmethod
    def of(cls, sample: Sample, setting: EncodeSetting, measuring: Measuring) -> Self:
        """The family of a setting on a sample."""
        made_of = {
            "format": _FORMAT,
            "pictures": sample.digest,
            "source": _treatment(sample),
            "setting": asdict(replace(setting, quality=0)),
            "build": [version_of(find_encoder(setting.encoder)), av.__version__, load().version],
            "models": [_model(m) for m in map(asdict, measuring.models)],
            "features": [asdict(feature) for feature in measuring.features],
            "display": measuring.display,
            "threads": measuring.threads,
        }
        text = json.dumps(made_of, sort_keys=True)
        return cls(hashlib.sha256(text.encode()).hexdigest())


def _treatment(sample: Sample) -> dict[str, str]:
    """What is done to the pictures before they are encoded and scored, and how they are tagged."""
    about = sample.info
    names = (
        *("width", "height", "pix_fmt", "frame_rate", "sample_aspect", "filters"),
        *("color_range", "matrix", "primaries", "transfer"),
    )
    return {name: str(getattr(about, name)) for name in names}


def _model(model: dict[str, Any]) -> dict[str, Any]:
    """A model, its file by what is in it."""
    path = Path(model["path"]) if model["path"] else None
    content = hashlib.sha256(path.read_bytes()).hexdigest() if path and path.is_file() else ""
    return model | {"path": content}


@dataclass(frozen=True, slots=True)
class CacheState:
    """What is in the cache.

    Attributes:
        path: Its file.
        points: How many points it holds.
        bytes: What they take.
        most_bytes: What they may take.
    """

    path: Path
    points: int
    bytes: int
    most_bytes: int


def cache_folder() -> Path:
    """Where the cache is, whether or not there is one."""
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named)
    from platformdirs import user_cache_path  # not needed to start up

    return user_cache_path("vmafx", appauthor=False)


class PointCache:
    """The points on disk.

    Args:
        folder: Where they are.
        most_bytes: What they may take; those used least lately go first.

    Attributes:
        notices: What there is to tell of the cache itself.
    """

    def __init__(self, folder: Path | None = None, most_bytes: int = MOST_BYTES) -> None:
        self.path = (folder or cache_folder()) / "points.sqlite"
        self._most_bytes = most_bytes
        self.notices: tuple[Notice, ...] = ()

    def points(self, family: Family) -> list[Point]:
        """All points of a family; none where the cache cannot be used."""
        rows: list[tuple[str, bytes]] = []
        if not self.path.exists():
            return []
        with self._tolerant(), self._open() as connection:
            query = "SELECT about, scores FROM points WHERE family = ?"
            rows = connection.execute(query, (family.key,)).fetchall()
            connection.execute(
                "UPDATE points SET used = ? WHERE family = ?", (time.time(), family.key)
            )
        return [point for about, scores in rows if (point := _point(about, scores))]

    def add(self, family: Family, point: Point) -> None:
        """Keep a point."""
        about, scores = _written(point)
        key = f"{family.key}:{point.setting.quality!r}"
        size = len(about) + len(scores)
        row = (key, family.key, about, scores, size, time.time())
        with self._tolerant():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as connection:
                connection.execute("INSERT OR REPLACE INTO points VALUES (?, ?, ?, ?, ?, ?)", row)
                self._shrink(connection)

    def state(self) -> CacheState:
        """What is in the cache.

        Raises:
            WorkError: It cannot be read.
        """
        points = size = 0
        if self.path.exists():
            with self._strict(), self._open() as connection:
                query = "SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM points"
                points, size = connection.execute(query).fetchone()
        return CacheState(self.path, points, size, self._most_bytes)

    def clear(self) -> CacheState:
        """Forget all points; returns what there was.

        Raises:
            WorkError: It cannot be written.
        """
        for aside in self.path.parent.glob(f"{self.path.name}.damaged-*"):
            aside.unlink(missing_ok=True)
        before = self.state()
        if before.points:
            with self._strict(), self._open() as connection:
                connection.execute("DELETE FROM points")
        return before

    def _shrink(self, connection: sqlite3.Connection) -> None:
        """Drop what was used least lately until the rest is small enough."""
        total = connection.execute("SELECT COALESCE(SUM(bytes), 0) FROM points").fetchone()[0]
        if total <= self._most_bytes:
            return
        oldest = connection.execute("SELECT key, bytes FROM points ORDER BY used").fetchall()
        for key, size in oldest:
            if total <= self._most_bytes:
                return
            connection.execute("DELETE FROM points WHERE key = ?", (key,))
            total -= size

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The database, in a transaction that is kept where nothing is raised."""
        with closing(sqlite3.connect(self.path, timeout=_PATIENCE)) as connection:
            connection.executescript(_SCHEMA)
            with connection:
                yield connection

    @contextmanager
    def _tolerant(self) -> Iterator[None]:
        """Go on without the cache where it fails."""
        try:
            yield
        except (sqlite3.OperationalError, OSError) as error:
            text = f"the cache {str(self.path)!r} cannot be used: {error}"
            self.notices = (warning("cache-unusable", text),)
        except sqlite3.DatabaseError as error:
            self._set_aside(error)

    @contextmanager
    def _strict(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.OperationalError, OSError) as error:
            raise WorkError(
                f"the cache {str(self.path)!r} cannot be used: {error}",
                f"Name another folder in {CACHE_VARIABLE}.",
            ) from error
        except sqlite3.DatabaseError as error:
            self._set_aside(error)

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        """Rename a damaged database, so that the next run begins a new one."""
        aside = self.path.with_name(f"{self.path.name}.damaged-{time.time_ns()}")
        text = f"the cache {str(self.path)!r} is damaged ({error})"
        try:
            self.path.replace(aside)
        except OSError:
            self.notices = (warning("cache-damaged", f"{text} and is not used"),)
            return
        for ending in ("-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        self.notices = (warning("cache-damaged", f"{text}, and is set aside as {aside.name!r}"),)


def _written(point: Point) -> tuple[str, bytes]:
    """A point as a text and its scores of every frame."""
    about = {
        "setting": asdict(point.setting),
        "pix_fmt": point.pix_fmt,
        "metrics": [[m.name, m.kind.value] for m in point.metrics.values()],
        "frames": point.frames,
        "duration": point.duration,
        "video_bytes": point.video_bytes,
        "encode_seconds": point.encode_seconds,
        "score_seconds": point.score_seconds,
        "encoder_version": point.encoder_version,
    }
    scores = np.stack([m.values for m in point.metrics.values()]).astype("<f8")
    return json.dumps(about), scores.tobytes()


def _point(about: str, scores: bytes) -> Point | None:
    """A point that was written; None where what is there is none: it is measured again."""
    try:
        return _read(about, scores)
    except (ValueError, KeyError, TypeError):
        return None


def _read(about: str, scores: bytes) -> Point:
    fields = json.loads(about)
    setting = fields.pop("setting")
    setting["options"] = tuple((name, value) for name, value in setting["options"])
    setting["size"] = tuple(setting["size"]) if setting["size"] else None
    names = fields.pop("metrics")
    values = np.frombuffer(scores, "<f8").reshape(len(names), -1)
    metrics = {}
    for (name, kind_value), row in zip(names, values, strict=True):
        kind = MetricKind(kind_value)
        pooled = pool(row, lower_is_better=is_distance(name, kind))
        metrics[name] = Metric(name, kind, row, pooled)
    return Point(setting=EncodeSetting(**setting), metrics=metrics, cached=True, **fields)
