import pytest

from vmafx_daemon.access.encoding import check_options
from vmafx_daemon.errors import DeniedError


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("g", "48"),
        ("bf", "0"),
        ("profile", "high"),
        ("tune", "film"),
        ("x264-params", "me=umh:ref=4:deblock=-1,-1:psy-rd=1.0,0.15:no-mbtree=1:bframes=3"),
        ("x265-params", "aq-mode=3:sao=0:no-open-gop"),
        ("svtav1-params", "tune=0:film-grain=8:enable-overlays=1"),
        ("color_primaries", "bt709"),
        ("row-mt", "on"),
    ],
)
def test_usual_options_are_allowed(name: str, value: str) -> None:
    check_options([(name, value)])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stats", "x"),
        ("stats", "1"),
        ("passlogfile", "1"),
        ("flags", "+pass1"),
        ("flags", "512"),
        ("x264-params", "pass=1"),
        ("x264-params", "ref=4:stats=/tmp/x"),
        ("x264-params", "qpfile=a"),
        ("x264-params", "qp_file=1"),
        ("x264-params", "cqmfile=a"),
        (r"x264-params", r"ref=1\:stats=x"),
        (r"x264-params", r"st\ats=1"),
        ("x264-params", "ref='1:stats=x'"),
        ("x264opts", "stats=x"),
        ("x265-params", "csv=a"),
        ("x265-params", "analysis-save=a"),
        ("x265-params", "scaling-list=a"),
        ("x265-params", "lambda-file=1"),
        ("x265-params", "recon-y4m-exec=1"),
        ("x265-params", "DHDR10-info=a"),
        ("svtav1-params", "fgs-table=a"),
        ("svtav1-params", "roi-map-file=a"),
        ("aom-params", "film-grain-table=a"),
        ("tune", "../x"),
        ("anything", "word"),
        ("anything", "/etc/passwd"),
    ],
)
def test_options_that_may_concern_files_are_refused(name: str, value: str) -> None:
    with pytest.raises(DeniedError, match="may not be set"):
        check_options([("g", "48"), (name, value)])
