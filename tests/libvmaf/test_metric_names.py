import pytest

from vmafx_core.errors import UsageError
from vmafx_core.libvmaf.specs import parse_model


@pytest.mark.parametrize("name", ["neg", "vmaf_v0.6.1", "my-model_2"])
def test_a_models_scores_can_be_named(name: str) -> None:
    assert parse_model(f"vmaf_v0.6.1:name={name}").name == name


@pytest.mark.parametrize("name", ["", "2nd", "a b", "a,b", "a<b", 'a"b', "é"])
def test_a_name_that_cannot_head_a_column_or_be_an_xml_attribute_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name") as caught:
        parse_model(f"vmaf_v0.6.1:name={name}")
    assert repr(name) in caught.value.message
