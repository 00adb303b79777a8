"""A row of a corpus: one measured point, with all that is needed to make and measure it again."""

import json
import math
from dataclasses import asdict, dataclass
from typing import Any, Self

from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.media.locations import masked
from vmafx_core.media.types import InputSpec, VideoInfo
from vmafx_core.probing.points import Point
from vmafx_core.probing.request import Measuring
from vmafx_core.probing.windows import Window
from vmafx_core.scoring.result import Metric, MetricKind

SCHEMA = "vmafx.corpus"
SCHEMA_VERSION = 1
MADE = ("timestamp", "vmafx_version", "libvmaf_version", "ffmpeg_version")
"""The keys of when and by what a row was made."""
_HDR = {"smpte2084": "pq", "arib-std-b67": "hlg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """What a source is.

    Attributes:
        location: Where it is, without the secrets of a URL.
        sha256: A hash of the file; "" where it is no file.
        width: Width of its pictures, as they are encoded.
        height: Their height.
        pix_fmt: Their pixel format.
        frame_rate: Frames a second; None where unknown.
        duration: Seconds; None where unknown.
        transfer: FFmpeg's name of the transfer function; None where untagged.
    """

    location: str
    sha256: str
    width: int
    height: int
    pix_fmt: str
    frame_rate: float | None
    duration: float | None
    transfer: str | None

    @classmethod
    def of(cls, info: VideoInfo, sha256: str) -> Self:
        """The facts of an opened source."""
        return cls(
            location=_readable(masked(info.location)),
            sha256=sha256,
            width=info.width,
            height=info.height,
            pix_fmt=info.pix_fmt,
            frame_rate=float(info.frame_rate) if info.frame_rate else None,
            duration=info.duration,
            transfer=info.transfer,
        )

    @property
    def identity(self) -> str:
        """What tells it from other sources: what is in the file, or else where it is."""
        return self.sha256 or self.location


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CorpusRow:
    """One setting, measured on one source.

    Attributes:
        source: The source.
        point: The setting and what came out; of its metrics the pools alone.
        reading: How the source was read: the fields of `InputSpec` but its location.
        measuring: How it was measured: `sampling`, `display`, `models` and `features`, as in
            `Measuring`.
        windows: The parts of the source that were encoded and measured.
        whole: Whether they are all of it.
        made: When and by what: `timestamp` and versions, by the keys of `MADE`.
    """

    source: SourceFacts
    point: Point
    reading: dict[str, Any]
    measuring: dict[str, Any]
    windows: tuple[Window, ...]
    whole: bool
    made: dict[str, str]

    @property
    def sample(self) -> str:
        """What tells it from points that cannot be compared with it: source and measuring."""
        return sample_key(self.source, self.reading, self.measuring)

    @property
    def key(self) -> str:
        """What tells it from all other rows."""
        size = self.source.width, self.source.height
        return row_key(self.sample, self.point.setting, self.point.pix_fmt, size)


def reading_dict(spec: InputSpec) -> dict[str, Any]:
    """How a source is read, as a row has it."""
    data = asdict(spec) | {"frame_rate": spec.frame_rate and str(spec.frame_rate)}
    return {key: value for key, value in data.items() if key != "location"}


def measuring_dict(measuring: Measuring) -> dict[str, Any]:
    """How settings are measured, as a row has it; threads and the cache do not change it."""
    data = asdict(measuring)
    kept = {key: data[key] for key in ("sampling", "display", "models", "features")}
    plain: dict[str, Any] = json.loads(json.dumps(kept))
    return plain


def sample_key(source: SourceFacts, reading: dict[str, Any], measuring: dict[str, Any]) -> str:
    """What tells a measured sample from all others."""
    return json.dumps([source.identity, reading, measuring], sort_keys=True)


def row_key(sample: str, setting: EncodeSetting, pix_fmt: str, size: tuple[int, int]) -> str:
    """What tells a row from all others.

    Args:
        sample: The key of the sample.
        setting: How it is encoded.
        pix_fmt: The pixel format that is encoded.
        size: The source's width and height.
    """
    preset = setting.preset or find_encoder(setting.encoder).default_preset
    made_of = (
        *(setting.encoder, preset, float(setting.quality), dict(setting.options), pix_fmt),
        *(setting.size or size, setting.keyframe_interval),
    )
    return json.dumps([sample, *made_of], sort_keys=True)


def row_text(row: CorpusRow) -> str:
    """A row as one line, with its line break."""
    point, setting, source = row.point, row.point.setting, row.source
    encoder = find_encoder(setting.encoder)
    width, height = setting.size or (source.width, source.height)
    models = row.measuring["models"]
    lead = next((m for m in point.metrics.values() if m.kind is MetricKind.MODEL), None)
    seconds = row.measuring["sampling"]["seconds"]
    data = {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        **row.made,
        "src": source.location,
        "src_sha256": source.sha256,
        "width": source.width,
        "height": source.height,
        "pix_fmt": source.pix_fmt,
        "framerate": source.frame_rate,
        "duration_s": source.duration,
        "transfer": source.transfer,
        "hdr_transfer": _HDR.get(source.transfer or "", ""),
        "encoder": setting.encoder,
        "encoder_version": point.encoder_version,
        "preset": setting.preset or encoder.default_preset,
        "knob": encoder.knob.name,
        "crf": float(setting.quality),
        "extra_params": [f"{key}={value}" for key, value in setting.options],
        "encode_width": width,
        "encode_height": height,
        "encode_pix_fmt": point.pix_fmt,
        "keyframe_interval": setting.keyframe_interval,
        "encode_frames": point.frames,
        "encode_duration_s": point.duration,
        "encode_size_bytes": point.video_bytes,
        "bitrate_kbps": point.bit_rate / 1000,
        "encode_time_ms": 1000 * point.encode_seconds,
        "score_time_ms": 1000 * point.score_seconds,
        "vmaf_score": lead and _finite(lead.pooled.mean),
        "vmaf_model": (models[0]["version"] or models[0]["path"]) if models else "",
        "clip_mode": "full" if row.whole else f"sample_{seconds:g}s",
        "windows": [asdict(w) for w in row.windows],
        "reading": row.reading,
        "measuring": row.measuring,
        "metrics": {name: _metric_dict(m) for name, m in point.metrics.items()},
    }
    return json.dumps(data, allow_nan=False) + "\n"


def _metric_dict(metric: Metric) -> dict[str, Any]:
    pooled = {name: _finite(value) for name, value in asdict(metric.pooled).items()}
    return {"kind": metric.kind.value, "pooled": pooled}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _readable(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
