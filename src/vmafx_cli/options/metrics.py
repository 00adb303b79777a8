"""Options that say what is measured."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from vmafx_cli.options import names, panels
from vmafx_cli.options.groups import option, typed
from vmafx_core.backends.specs import NeuralSpec
from vmafx_core.errors import UsageError
from vmafx_core.libvmaf.specs import FeatureSpec, ModelSpec, parse_feature
from vmafx_core.scoring.names import parse_any_model
from vmafx_core.scoring.request import DEFAULT_MODEL


def _unless_switched_off(ctx: typer.Context, models: Any) -> Any:
    """The models, unless they are of the configuration and the command line wants none."""
    overruled = typed(ctx, "no_model") and not typed(ctx, "model")
    return None if overruled else models


def _unless_named(ctx: typer.Context, wanted: bool) -> bool:
    """Whether no model is wanted, unless only the configuration says so and a model was typed."""
    return wanted and (typed(ctx, "no_model") or not typed(ctx, "model"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricOptions:
    """What is measured; the fields are the options."""

    model: Annotated[
        list[Any] | None,
        option(
            "--model",
            "-m",
            panel=panels.MEASURED,
            metavar="MODEL",
            parser=parse_any_model,
            callback=_unless_switched_off,
            complete=names.models,
            default=DEFAULT_MODEL,
            help="A model of 'vmafx models', or auto; repeatable.",
        ),
    ] = None
    no_model: Annotated[
        bool,
        option(
            "--no-model",
            panel=panels.MEASURED,
            metavar="",
            callback=_unless_named,
            help="Measure features only.",
        ),
    ] = False
    feature: Annotated[
        list[FeatureSpec] | None,
        option(
            "--feature",
            "-f",
            panel=panels.MEASURED,
            metavar="FEATURE",
            parser=parse_feature,
            complete=names.features,
            help="Measure this too: psnr, ms_ssim, cambi...; repeatable.",
        ),
    ] = None

    def models(self) -> tuple[ModelSpec, ...]:
        """The models to predict with; none for features only.

        Raises:
            UsageError: If nothing is to be measured, or options contradict each other.
        """
        if self.no_model and self.model:
            raise UsageError("--model and --no-model contradict each other", "Leave one out.")
        if self.no_model and not self.feature:
            raise UsageError("--no-model leaves nothing to measure", "Add a --feature.")
        if self.no_model:
            return ()
        if not self.model:
            return (ModelSpec(version=DEFAULT_MODEL),)
        return tuple(spec for spec in self.model if isinstance(spec, ModelSpec))

    def neural(self) -> tuple[NeuralSpec, ...]:
        """The neural models to run beside."""
        return tuple(spec for spec in self.model or () if isinstance(spec, NeuralSpec))

    def features(self) -> tuple[FeatureSpec, ...]:
        """The further features to extract."""
        return tuple(self.feature or ())
