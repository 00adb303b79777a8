"""What a model takes and gives: its graph, and the description that lies beside it.

The field's descriptions are JSON files named as the model. `feature_mean` and `feature_std` are
to be applied to what goes in; `input_mean` and `input_std` of feature models only tell what the
graph does by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vmafx_core.backends.graph import Graph, Tensor
from vmafx_core.backends.registry import Kind
from vmafx_core.backends.role import Role
from vmafx_core.backends.vectors import CANONICAL, find_vector
from vmafx_core.errors import InputError, UnknownNameError

# Means and deviations lie within; it keeps what is no number, or endless, out as well.
_LARGEST = 1e30
# The means and deviations of ImageNet's RGB pictures, which such models were trained with.
_RGB_MEAN, _RGB_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """How to feed a model and read what it gives.

    Attributes:
        role: How it is used.
        inputs: What goes in, in the order in which it is fed.
        output: What comes out, and is read.
        features: The features that a regressor takes, in order; empty for others.
        mean: What is subtracted from features or from pictures' channels; empty for nothing.
        std: What that is divided by.
        encoders: The encoders that a codec block knows, in order; empty where there is none.
    """

    role: Role
    inputs: tuple[Tensor, ...]
    output: Tensor
    features: tuple[str, ...] = ()
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    encoders: tuple[str, ...] = ()


def describe_model(kind: Kind, graph: Graph, told: Mapping[str, Any], name: str) -> Description:
    """Put together what a model takes and gives.

    Args:
        kind: What the registry says it is for.
        graph: Its graph.
        told: The description beside it; may be empty.
        name: What to call it in messages.

    Raises:
        InputError: The graph and its description do not fit, or it is no model of that kind.
    """
    inputs = _named(graph.inputs, _names(told, "input", name), name)
    output = _named(graph.outputs, _names(told, "output", name), name)[0]
    if any(tensor.shape[:1] not in {(), (None,), (1,)} for tensor in inputs):
        raise InputError(
            f"{name}: takes a fixed number of rows or pictures at once",
            "Export it for one, or for any number.",
        )
    ranks = tuple(len(tensor.shape) for tensor in inputs)
    match kind, ranks, len(output.shape) > 2:
        case Kind.FULL_REFERENCE, (2,) | (2, 2), False:
            return _regressor(inputs, output, told, name)
        case Kind.FULL_REFERENCE, (4, 4), False:
            role = Role.DISTANCE
        case Kind.NO_REFERENCE, (4,), False:
            role = Role.QUALITY
        case Kind.NO_REFERENCE, (4,), True:
            role = Role.SALIENCY
        case Kind.FILTER, (4,), True:
            role = Role.FILTER
        case _:
            shapes = ", ".join(f"{t.name} {list(t.shape)}" for t in (*inputs, output))
            raise InputError(
                f"{name}: is no {kind.value} model: it has {shapes}", "Check kind and graph."
            )
    channels = inputs[0].shape[1]
    if channels not in {1, 3} or any(tensor.shape[1] != channels for tensor in inputs):
        planes = " and ".join(str(tensor.shape[1]) for tensor in inputs)
        raise InputError(
            f"{name}: takes pictures of {planes} planes", "1 (grey) and 3 (RGB) can be fed."
        )
    made = {Role.SALIENCY: 1, Role.FILTER: channels}.get(role)
    if made and output.shape[-3] not in {made, None}:
        raise InputError(
            f"{name}: gives {output.shape[-3]} planes, and should give {made}", "Check the model."
        )
    usual = (_RGB_MEAN, _RGB_STD) if channels == 3 else ((), ())
    mean = _numbers(told, "input_mean", channels, name) or usual[0]
    std = _numbers(told, "input_std", channels, name) or usual[1]
    return Description(role=role, inputs=inputs, output=output, mean=mean, std=std)


def _names(told: Mapping[str, Any], side: str, name: str) -> tuple[str, ...]:
    """The names of one side of the graph, of which the first may be told alone."""
    several, alone = f"{side}_names", f"{side}_name"
    if told.get(several) or told.get(alone) is None:
        return _texts(told, several, name)
    return _texts({alone: [told[alone]]}, alone, name)


def _named(tensors: Sequence[Tensor], names: Sequence[str], name: str) -> tuple[Tensor, ...]:
    """The tensors in the order of the description, then those that it does not name."""
    by_name = {tensor.name: tensor for tensor in tensors}
    for wanted in names:
        if wanted not in by_name:
            raise InputError(
                f"{name}: its description names {wanted!r}, which the graph does not have",
                f"It has {', '.join(by_name)}.",
            )
    rest = [tensor for tensor in tensors if tensor.name not in names]
    return (*(by_name[n] for n in dict.fromkeys(names)), *rest)


def _regressor(
    inputs: tuple[Tensor, ...], output: Tensor, told: Mapping[str, Any], name: str
) -> Description:
    width = inputs[0].shape[1]
    features = (
        _texts(told, "feature_order", name)
        or _texts(told, "features", name)
        or tuple(feature.name for feature in CANONICAL)
    )
    for feature in features:
        try:
            find_vector(feature)
        except UnknownNameError as error:
            raise InputError(f"{name}: {error.message}", error.hint) from error
    if width not in {None, len(features)}:
        raise InputError(
            f"{name}: takes {width} features, and is described to take {len(features)}",
            "Name them in feature_order.",
        )
    encoders: tuple[str, ...] = ()
    if len(inputs) > 1:
        encoders = _texts(told, "encoder_vocab", name)
        # One place for each encoder, then the preset and the CRF.
        if inputs[1].shape[1] != len(encoders) + 2:
            raise InputError(
                f"{name}: its codec block has {inputs[1].shape[1]} places, and is described to "
                f"have {len(encoders) + 2}",
                "Name the encoders in encoder_vocab.",
            )
    return Description(
        role=Role.REGRESSOR,
        inputs=inputs,
        output=output,
        features=features,
        mean=_numbers(told, "feature_mean", len(features), name),
        std=_numbers(told, "feature_std", len(features), name),
        encoders=encoders,
    )


def _texts(told: Mapping[str, Any], key: str, name: str) -> tuple[str, ...]:
    values = told.get(key) or []
    if not isinstance(values, list) or not all(isinstance(v, str) and v for v in values):
        raise InputError(f"{name}: {key} must be names", "Check its description.")
    return tuple(values)


def _numbers(told: Mapping[str, Any], key: str, count: int | None, name: str) -> tuple[float, ...]:
    values = told.get(key, ())
    fits = isinstance(values, Sequence) and all(
        type(v) in {int, float} and -_LARGEST < v < _LARGEST for v in values
    )
    if values and (not fits or len(values) != count):
        raise InputError(f"{name}: {key} must be {count} numbers", "Check its description.")
    if key.endswith("_std") and 0 in values:
        raise InputError(f"{name}: {key} must not be 0, which is divided by", "Check it.")
    return tuple(map(float, values))
