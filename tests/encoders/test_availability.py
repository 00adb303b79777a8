"""Which encoders work here."""

from dataclasses import replace

import pytest

from vmafx_core.encoders.availability import survey, unusable_because
from vmafx_core.encoders.catalogue import ENCODERS, find_encoder
from vmafx_core.errors import UnknownNameError


def test_software_encoders_work_everywhere() -> None:
    reasons = survey()
    assert set(reasons) == {e.name for e in ENCODERS}
    assert all(not reasons[e.name] for e in ENCODERS if not e.hardware)


def test_a_trial_encodes_a_picture() -> None:
    assert not unusable_because(replace(find_encoder("libx264"), hardware=True))


def test_an_encoder_that_is_not_built_in_is_told() -> None:
    missing = replace(find_encoder("libx264"), name="libx264_nowhere")
    assert "not in this build" in unusable_because(missing)


def test_an_unknown_encoder_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="libx265"):
        find_encoder("libx256")


@pytest.mark.parametrize("encoder", ENCODERS, ids=lambda e: e.name)
def test_every_encoder_is_described_in_full(encoder: object) -> None:
    known = next(e for e in ENCODERS if e is encoder)
    finest, *_, coarsest = known.knob.values()
    assert known.knob.low <= known.knob.default <= known.knob.high
    assert (coarsest - finest) * known.knob.coarser > 0
    assert not known.presets or known.default_preset in known.presets
    assert known.pix_fmts
