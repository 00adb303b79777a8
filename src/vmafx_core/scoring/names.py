"""Models by the names that users write: libvmaf's, and installed neural ones."""

from vmafx_core.backends.specs import NeuralSpec, parse_neural
from vmafx_core.errors import UnknownNameError
from vmafx_core.extras import require
from vmafx_core.libvmaf.catalogue import MODELS
from vmafx_core.libvmaf.specs import AUTO, ModelSpec, parse_model


def parse_any_model(text: str) -> ModelSpec | NeuralSpec:
    """Read a model of libvmaf, or else an installed one of that name.

    Raises:
        UnknownNameError: There is no such model, or no such part of one.
        ComponentError: It is none of libvmaf's, and what neural models need is not installed.
        UsageError: The text is not of the grammar, or a value is wrong.
    """
    try:
        return parse_model(text)
    except UnknownNameError:
        from vmafx_core.backends.installed import installed  # seldom needed

        name, added = text.partition(":")[0], installed()
        known = [AUTO, *(model.name for model in MODELS), *added]
        if name in added:
            return parse_neural(text)
        if name in known or "=" in name:
            raise
        near = UnknownNameError.of("model", name, known, "See 'vmafx models'.")
        require(
            "onnx",
            f"the model {name!r} is none of libvmaf's, and a neural one",
            "onnxruntime",
            further=f"if it is one. {near.hint}",
        )
    raise near
