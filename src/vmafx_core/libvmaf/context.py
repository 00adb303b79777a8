"""One libvmaf context: picture pairs go in, per-frame scores come out after the flush."""

import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import av

from vmafx_core.errors import UsageError, WorkError
from vmafx_core.libvmaf.library import Library, load
from vmafx_core.libvmaf.log import CAPTURE
from vmafx_core.libvmaf.model import Model, feature_dictionary
from vmafx_core.libvmaf.picture import PIXEL_FORMATS, fill
from vmafx_core.libvmaf.specs import FeatureSpec
from vmafx_core.libvmaf.vector_code import VECTOR_CODE
from vmafx_core.media.types import PictureFormat

_JSON = 2
# A motion feature keeps up to five reference pictures; they must not starve the pool.
_PICTURES_KEPT = 6

# How libvmaf stores a feature under default options, against what its logs call it.
_STORED_AS = (
    ("integer_", "VMAF_integer_feature_{}_score"),
    ("speed_chroma_", "Speed_chroma_feature_speed_chroma_{}_score"),
    ("speed_", "Speed_temporal_feature_speed_{}_score"),
    ("cambi", "Cambi_feature_cambi{}_score"),
)


class Context:
    """A VmafContext with its models, features and pictures; a context manager that frees it.

    Args:
        models: Models to predict with; they must outlive the context.
        features: Features to extract besides the models'.
        picture: The form of every picture.
        threads: Worker threads of its own, at least 1.

    Raises:
        WorkError: If libvmaf cannot set it up.
        UsageError: If libvmaf refuses an option of a feature.
    """

    def __init__(
        self,
        models: Sequence[Model],
        features: Sequence[FeatureSpec],
        picture: PictureFormat,
        threads: int,
    ) -> None:
        self._library: Library = load()
        self._models = models
        self._picture = picture
        self._fed = 0
        ffi, lib = self._library.ffi, self._library.lib
        handle = ffi.new("VmafContext **")
        # Allocated, and so zeroed: in a struct passed as a dict, fields left out hold whatever was
        # on the stack.
        configuration = ffi.new(
            "VmafConfiguration *",
            {"log_level": CAPTURE.level, "n_threads": threads, "n_subsample": 1},
        )
        with VECTOR_CODE.opening(picture.width) as configuration.cpumask:
            self._library.check(lib.vmaf_init(handle, configuration[0]), "opening a context")
        self._handle = handle[0]
        try:
            for model in models:
                model.register(self._handle)
            for feature in features:
                self._use(feature)
            self._pooled = self._preallocate(2 * (threads + 2) + _PICTURES_KEPT)
        except BaseException:
            self.close()
            raise

    def _use(self, feature: FeatureSpec) -> None:
        lib = self._library.lib
        options = feature_dictionary(self._library, feature.options)
        extractor = feature.info.extractor
        if lib.vmaf_use_feature(self._handle, extractor.encode(), options):
            settings = ", ".join(f"{k}={v}" for k, v in feature.options)
            raise UsageError(
                f"libvmaf {self._library.version} refused the feature {feature.name!r}"
                + (f" with {settings}" if settings else "")
            )

    def _preallocate(self, count: int) -> bool:
        """Have a fixed number of pictures: that bounds memory, and spares page faults."""
        lib, form = self._library.lib, self._picture
        try:
            preallocate = lib.vmaf_preallocate_pictures
        except self._library.ffi.error:  # libvmaf 3.0
            return False
        geometry = {
            "w": form.width,
            "h": form.height,
            "bpc": form.depth,
            "pix_fmt": PIXEL_FORMATS[form.chroma],
        }
        code = preallocate(self._handle, {"pic_params": geometry, "pic_cnt": count})
        self._library.check(code, f"allocating {count} pictures of {form.width}x{form.height}")
        return True

    def _new_picture(self) -> Any:
        lib, form = self._library.lib, self._picture
        picture = self._library.ffi.new("VmafPicture *")
        if self._pooled:
            code = lib.vmaf_fetch_preallocated_picture(self._handle, picture)
        else:
            pix_fmt = PIXEL_FORMATS[form.chroma]
            code = lib.vmaf_picture_alloc(picture, pix_fmt, form.depth, form.width, form.height)
        self._library.check(code, "taking a picture")
        return picture

    def feed(self, reference: av.VideoFrame, distorted: av.VideoFrame) -> None:
        """Hand over the next pair; waits while all pictures of the pool are in use.

        Raises:
            WorkError: If libvmaf refuses the pair.
        """
        lib = self._library.lib
        pictures = []
        try:
            for frame in (reference, distorted):
                pictures.append(self._new_picture())
                fill(self._library, pictures[-1], frame, self._picture)
        except BaseException:
            for picture in pictures:
                lib.vmaf_picture_unref(picture)
            raise
        code = lib.vmaf_read_pictures(self._handle, *pictures, self._fed)
        self._library.check(code, f"reading frame {self._fed}")
        self._fed += 1

    def flush(self) -> None:
        """Say that no more pairs come, and wait until all are worked through.

        Raises:
            WorkError: If a feature could not be extracted.
        """
        null = self._library.ffi.NULL
        code = self._library.lib.vmaf_read_pictures(self._handle, null, null, 0)
        self._library.check(code, "finishing")

    def predict(self, first: int, last: int) -> dict[str, list[float]]:
        """The models' scores of the pairs first to last - 1, in feeding order, by metric name.

        Raises:
            WorkError: If a score is missing.
        """
        values: dict[str, list[float]] = {}
        for model in self._models:
            for index in range(first, last):
                for name, score in model.score(self._handle, index).items():
                    values.setdefault(name, []).append(score)
        return values

    def feature_names(self) -> dict[str, str]:
        """The features that were extracted: the name in libvmaf's logs -> its stored name.

        libvmaf has no call that lists them; its own log does. Members of a bootstrap collection
        and predictions are not among them.

        Raises:
            WorkError: If nothing was extracted, or the log cannot be written.
        """
        try:
            with tempfile.TemporaryDirectory(prefix="vmafx-") as folder:
                log = Path(folder) / "log.json"
                code = self._library.lib.vmaf_write_output(self._handle, str(log).encode(), _JSON)
                self._library.check(code, "listing the features")
                frames = json.loads(log.read_bytes())["frames"]
        except (OSError, ValueError) as error:
            # libvmaf does not notice that a disk is full: the log is cut short then.
            raise WorkError(
                f"cannot write libvmaf's log into {tempfile.gettempdir()!r}",
                "Free some space there, or name another folder in TMPDIR.",
            ) from error
        if len(frames) != self._fed:
            raise WorkError(f"libvmaf scored {len(frames)} of {self._fed} frames")
        predicted = "|".join(re.escape(m.metric) for m in self._models)
        own = re.compile(rf"(?:{predicted})(?:_\d+|_bagging|_stddev|_ci_p95_lo|_ci_p95_hi)?")
        names = [n for n in frames[0]["metrics"] if not (predicted and own.fullmatch(n))]
        return {name: self._stored_name(name) for name in names}

    def _stored_name(self, name: str) -> str:
        value = self._library.ffi.new("double *")
        get = self._library.lib.vmaf_feature_score_at_index
        guesses = [name]
        guesses += [p.format(name[len(h) :]) for h, p in _STORED_AS if name.startswith(h)]
        for guess in guesses:
            if get(self._handle, guess.encode(), value, 0) == 0:
                return guess
        raise WorkError(f"libvmaf has no value for its feature {name!r}")

    def feature(self, stored_name: str, first: int, last: int) -> list[float]:
        """A feature's values for the pairs first to last - 1.

        Raises:
            WorkError: If a value is missing.
        """
        value = self._library.ffi.new("double *")
        get, name = self._library.lib.vmaf_feature_score_at_index, stored_name.encode()
        values = []
        for index in range(first, last):
            code = get(self._handle, name, value, index)
            self._library.check(code, f"reading {stored_name} of frame {index}")
            values.append(value[0])
        return values

    def close(self) -> None:
        """Free everything; waits for the pairs being worked on. More than once does no harm."""
        if self._handle is not None:
            self._library.lib.vmaf_close(self._handle)
            self._handle = None
            VECTOR_CODE.close(self._picture.width)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
