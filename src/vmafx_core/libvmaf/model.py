"""Loaded models: one prediction, or a bootstrap collection with its interval."""

from collections.abc import Iterable
from typing import Any, Self

from vmafx_core.errors import ComponentError
from vmafx_core.libvmaf.library import Library, load
from vmafx_core.libvmaf.model_file import no_model, read_model_file
from vmafx_core.libvmaf.specs import ModelSpec

_DISABLE_CLIP = 1 << 0
_ENABLE_TRANSFORM = 1 << 1


def feature_dictionary(library: Library, options: Iterable[tuple[str, str]]) -> Any:
    """A new VmafFeatureDictionary*, NULL without options; its taker owns it."""
    ffi, lib = library.ffi, library.lib
    dictionary = ffi.new("VmafFeatureDictionary **")
    for key, value in options:
        library.check(
            lib.vmaf_feature_dictionary_set(dictionary, key.encode(), value.encode()),
            f"setting the option {key}={value}",
        )
    return dictionary[0]


class Model:
    """A model in libvmaf's memory; a context manager that frees it.

    Args:
        spec: Which model; its version must be a real one, not "auto".
        metric: What libvmaf is to call its score.

    Raises:
        ComponentError: If the built-in model is missing, or the JSON file is no model.
        InputError: If the JSON file cannot be read.
    """

    def __init__(self, spec: ModelSpec, metric: str) -> None:
        self.spec = spec
        self.metric = metric
        self._library = load()
        ffi = self._library.ffi
        self._handle = ffi.new("VmafModel **")
        self._collection = ffi.new("VmafModelCollection **")
        # libvmaf keeps a copy of the name, so that this one may go afterwards.
        name = ffi.new("char[]", metric.encode())
        flags = spec.disable_clip * _DISABLE_CLIP | spec.enable_transform * _ENABLE_TRANSFORM
        config = ffi.new("VmafModelConfig *", {"name": name, "flags": flags})
        try:
            if spec.path:
                self._load_file(config)
            else:
                self._load_built_in(config)
            self._override()
        except BaseException:
            self.close()
            raise

    def _load_built_in(self, config: Any) -> None:
        lib, version = self._library.lib, self.spec.version.encode()
        if lib.vmaf_model_load(self._handle, config, version) == 0:
            return
        if lib.vmaf_model_collection_load(self._handle, self._collection, config, version):
            raise ComponentError(
                f"libvmaf {self._library.version} has no model {self.spec.version!r}",
                "`vmafx doctor` shows what this libvmaf can do.",
            )

    def _load_file(self, config: Any) -> None:
        lib, path = self._library.lib, self.spec.path.encode()
        read_model_file(self.spec.path)
        if lib.vmaf_model_load_from_path(self._handle, config, path) == 0:
            return
        if lib.vmaf_model_collection_load_from_path(self._handle, self._collection, config, path):
            raise no_model(self.spec.path)

    def _override(self) -> None:
        lib, ffi = self._library.lib, self._library.ffi
        for feature, option, value in self.spec.overrides:
            dictionary = feature_dictionary(self._library, [(option, value)])
            if self._collection[0] != ffi.NULL:
                code = lib.vmaf_model_collection_feature_overload(
                    self._handle[0], self._collection, feature.encode(), dictionary
                )
            else:
                code = lib.vmaf_model_feature_overload(
                    self._handle[0], feature.encode(), dictionary
                )
            self._library.check(code, f"overriding {feature}.{option}={value}")

    def register(self, context: Any) -> None:
        """Have a VmafContext* extract what this model needs.

        Raises:
            WorkError: If libvmaf cannot provide a feature of the model.
        """
        lib, doing = self._library.lib, f"preparing the features of {self.metric}"
        if self._collection[0] != self._library.ffi.NULL:
            self._library.check(
                lib.vmaf_use_features_from_model_collection(context, self._collection[0]), doing
            )
        self._library.check(lib.vmaf_use_features_from_model(context, self._handle[0]), doing)

    def score(self, context: Any, index: int) -> dict[str, float]:
        """The scores of one picture pair of a flushed VmafContext*, by metric name.

        A bootstrap model adds the mean, the standard deviation and the bounds of the 95 %
        interval over its members, named as in libvmaf's logs.

        Raises:
            WorkError: If there is no score for that index.
        """
        library = self._library
        value = library.ffi.new("double *")
        library.check(
            library.lib.vmaf_score_at_index(context, self._handle[0], value, index),
            f"predicting {self.metric} for frame {index}",
        )
        scores = {self.metric: value[0]}
        if self._collection[0] != library.ffi.NULL:
            bag = library.ffi.new("VmafModelCollectionScore *")
            library.check(
                library.lib.vmaf_score_at_index_model_collection(
                    context, self._collection[0], bag, index
                ),
                f"predicting the interval of {self.metric} for frame {index}",
            )
            scores |= {
                f"{self.metric}_bagging": bag.bootstrap.bagging_score,
                f"{self.metric}_stddev": bag.bootstrap.stddev,
                f"{self.metric}_ci_p95_lo": bag.bootstrap.ci.p95.lo,
                f"{self.metric}_ci_p95_hi": bag.bootstrap.ci.p95.hi,
            }
        return scores

    def close(self) -> None:
        """Free the model; more than once does no harm."""
        library = self._library
        if self._collection[0] != library.ffi.NULL:
            library.lib.vmaf_model_collection_destroy(self._collection[0])
            self._collection[0] = library.ffi.NULL
        if self._handle[0] != library.ffi.NULL:
            library.lib.vmaf_model_destroy(self._handle[0])
            self._handle[0] = library.ffi.NULL

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
