import csv
import math
from collections.abc import Callable, Iterator
from io import StringIO
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from support.results import metric, pair, result
from vmafx_core.errors import UsageError
from vmafx_core.report.text_logs import check_single, stream_csv, stream_sub, stream_xml
from vmafx_core.scoring.result import MetricKind, ScoreResult


@pytest.fixture
def tiny() -> ScoreResult:
    """Two frames of a model, a feature and an elementary feature."""
    with np.errstate(invalid="ignore"):  # the pools of an endless value are of no interest here
        psnr = metric("psnr_y", MetricKind.REQUESTED, np.array([40.5, math.inf]))
    return result(
        pair(
            metrics={
                "vmaf": metric("vmaf", MetricKind.MODEL, np.array([90.1234567, 80.0])),
                "psnr_y": psnr,
                "integer_adm2": metric("integer_adm2", MetricKind.ELEMENTARY, np.array([1.0, 0.5])),
            }
        )
    )


def test_csv_is_libvmafs_with_models_last_and_a_comma_after_every_value(tiny: ScoreResult) -> None:
    assert "".join(stream_csv(tiny)) == (
        "Frame,psnr_y,integer_adm2,vmaf,\n"
        "0,40.500000,1.000000,90.123457,\n"
        "1,inf,0.500000,80.000000,\n"
    )


def test_csv_can_be_read_back_by_column_name() -> None:
    one = pair()
    rows = list(csv.DictReader(StringIO("".join(stream_csv(result(one))))))
    assert [int(row["Frame"]) for row in rows] == list(range(100))
    read = np.array([float(row["vmaf"]) for row in rows])
    np.testing.assert_allclose(read, one.metrics["vmaf"].values, atol=5e-7)


def test_sub_is_one_subtitle_a_frame(tiny: ScoreResult) -> None:
    assert "".join(stream_sub(tiny)) == (
        "{0}{1}frame: 0|psnr_y: 40.500000|integer_adm2: 1.000000|vmaf: 90.123457|\n"
        "{1}{2}frame: 1|psnr_y: inf|integer_adm2: 0.500000|vmaf: 80.000000|\n"
    )


def test_xml_has_libvmafs_elements_and_pools(tiny: ScoreResult) -> None:
    root = ET.fromstring("".join(stream_xml(tiny)))
    assert root.tag == "VMAF"
    assert root.get("version") == "3.2.0"
    assert [child.tag for child in root] == [
        "params",
        "fyi",
        "frames",
        "pooled_metrics",
        "aggregate_metrics",
    ]
    assert root[0].attrib == {"qualityWidth": "1920", "qualityHeight": "1080"}
    assert root[2][0].attrib == {
        "frameNum": "0",
        "psnr_y": "40.500000",
        "integer_adm2": "1.000000",
        "vmaf": "90.123457",
    }
    assert root[3][2].attrib == {
        "name": "vmaf",
        "min": "80.000000",
        "max": "90.123457",
        "mean": "85.061728",
        "harmonic_mean": "84.764022",
    }


@pytest.mark.parametrize("stream", [stream_csv, stream_xml, stream_sub])
def test_a_format_for_one_distorted_video_refuses_several(
    stream: Callable[[ScoreResult], Iterator[str]],
) -> None:
    with pytest.raises(UsageError, match="there are 2"):
        list(stream(result(pair(), pair("b.mp4"))))


def test_one_distorted_video_is_no_reason_to_refuse() -> None:
    check_single(1, "csv")
