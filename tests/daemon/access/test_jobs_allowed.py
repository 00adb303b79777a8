from pathlib import Path

import pytest
from google.protobuf.json_format import ParseDict

from vmafx_core.errors import UsageError, VmafxError
from vmafx_daemon.access.caller import Caller, Role
from vmafx_daemon.access.policy import Policy, is_confined
from vmafx_daemon.errors import DeniedError, TooLargeError
from vmafx_daemon.settings import AccessSettings, LimitSettings
from vmafx_rpc.messages import controller, scoring, task

OWNER = Caller("socket owner", Role.WRITE, owner=True)
OTHER = Caller("127.0.0.1", Role.WRITE)


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    """One with a root that holds `a.mp4`."""
    (tmp_path / "films").mkdir()
    (tmp_path / "films/a.mp4").touch()
    return Policy(AccessSettings(roots=(tmp_path / "films",)), LimitSettings(frame_pixels=1 << 20))


def scoring_of(location: object, **more: object) -> controller.JobSpec:
    task = {
        "reference": {"location": str(location)},
        "distorted": [{"location": str(location)}],
        **more,
    }
    return ParseDict({"score": task}, controller.JobSpec())


def encoding_of(location: object, **more: object) -> controller.JobSpec:
    task = {
        "source": {"location": str(location)},
        "setting": {"encoder": "libx264", "quality": 30},
        "measuring": {"models": [{"version": "vmaf_v0.6.1"}], "sampling": {"seconds": 1}},
        **more,
    }
    return ParseDict({"encode": task}, controller.JobSpec())


def test_what_is_below_a_root_is_allowed_and_confined(policy: Policy, tmp_path: Path) -> None:
    spec = scoring_of(tmp_path / "films/a.mp4")
    policy.check_spec(spec, OTHER)
    assert spec.score.reference.confined
    assert spec.score.distorted[0].confined
    probe = encoding_of(tmp_path / "films/a.mp4")
    policy.check_spec(probe, OTHER)
    assert probe.encode.source.confined


def test_the_owner_may_name_any_file_and_is_not_confined(policy: Policy, tmp_path: Path) -> None:
    spec = scoring_of(tmp_path / "b.mp4")
    policy.check_spec(spec, OWNER)
    assert not spec.score.reference.confined
    policy.check_spec(encoding_of(tmp_path / "b.mp4"), OWNER)


def test_every_place_of_a_job_counts(policy: Policy, tmp_path: Path) -> None:
    inside, outside = tmp_path / "films/a.mp4", {"location": str(tmp_path / "b.mp4")}
    model = {"models": [{"path": str(tmp_path / "m.json")}]}
    for spec in (
        scoring_of(inside, reference=outside),
        scoring_of(inside, distorted=[{"location": str(inside)}, outside]),
        scoring_of(inside, **model),
        encoding_of(tmp_path / "b.mp4"),
        encoding_of(inside, measuring=model),
    ):
        with pytest.raises(DeniedError):
            policy.check_spec(spec, OTHER)
        policy.check_spec(spec, OWNER)


def test_what_is_looked_at_is_what_may_be_scored(policy: Policy, tmp_path: Path) -> None:
    source = task.Input(location=str(tmp_path / "films/a.mp4"))
    policy.check_source(source, OTHER)
    assert source.confined
    policy.check_source(source, OWNER)
    assert not source.confined
    outside = task.Input(location=str(tmp_path / "b.mp4"))
    with pytest.raises(DeniedError, match="is in no folder that may be read here"):
        policy.check_source(outside, OTHER)
    with pytest.raises(UsageError, match="input names no video"):
        policy.check_source(task.Input(), OWNER)
    with pytest.raises(UsageError, match=r"input\.start is -1"):
        policy.check_source(task.Input(location="/a.mp4", start=-1), OWNER)
    with pytest.raises(TooLargeError, match="input is 4096x4096"):
        policy.check_source(task.Input(location="/a.yuv", width=4096, height=4096), OWNER)


def test_options_that_concern_files_are_the_owners(policy: Policy, tmp_path: Path) -> None:
    options = [{"name": "x264-params", "value": "stats=x"}]
    setting = {"encoder": "libx264", "quality": 30, "options": options}
    spec = encoding_of(tmp_path / "films/a.mp4", setting=setting)
    with pytest.raises(DeniedError):
        policy.check_spec(spec, OTHER)
    policy.check_spec(spec, OWNER)


def test_an_upload_names_no_files_but_models(policy: Policy, tmp_path: Path) -> None:
    task = scoring_of("ref.mp4").score
    policy.check_upload(task, OTHER)
    assert task.reference.confined
    task.models.add(path=str(tmp_path / "m.json"))
    with pytest.raises(DeniedError):
        policy.check_upload(task, OTHER)


def test_nothing_is_longer_than_anybody_needs(policy: Policy) -> None:
    long = scoring_of("/a")
    long.score.reference.pix_fmt = "x" * (1 << 20)
    with pytest.raises(TooLargeError):
        policy.check_spec(long, OWNER)
    with pytest.raises(TooLargeError):
        policy.check_upload(long.score, OWNER)
    with pytest.raises(TooLargeError):
        policy.check_stream(scoring.StreamConfig(model="x" * (1 << 20)), OWNER)


def test_a_stream_names_no_files_but_models(policy: Policy, tmp_path: Path) -> None:
    for model in ("", "vmaf_v0.6.1:disable_clip", f"path={tmp_path}/films/m.json"):
        policy.check_stream(scoring.StreamConfig(model=model), OTHER)
    config = scoring.StreamConfig(model=f"path={tmp_path}/m.json")
    with pytest.raises(DeniedError):
        policy.check_stream(config, OTHER)
    policy.check_stream(config, OWNER)


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"distorted": []}, "distorted"),
        ({"reference": {}}, "reference"),
        ({"distorted": [{"location": "/a"}] * 65}, "distorted"),
        ({"reference": {"location": "/a", "width": 0, "height": 0}}, "reference is 0x0"),
        ({"reference": {"location": "/a", "width": 100_000, "height": 100_000}}, "100000x100000"),
        ({"reference": {"location": "/a", "start": "NaN"}}, "reference.start"),
        ({"reference": {"location": "/a", "duration": "Infinity"}}, "reference.duration"),
        ({"reference": {"location": "/a", "skip": -1}}, "reference.skip"),
        ({"reference": {"location": "/a", "stream": -1}}, "reference.stream"),
        ({"reference": {"location": "/a", "frameRate": {"numerator": 25}}}, "25/0"),
        ({"reference": {"location": "/a", "crop": {"width": -5, "height": 5}}}, "crop"),
        ({"size": {"width": 0, "height": 100}}, "size is 0x100"),
        ({"size": {"width": 100_000, "height": 100_000}}, "size"),
        ({"frames": -1}, "frames"),
        ({"threads": 0}, "threads"),
        ({"threads": 100_000}, "threads"),
        ({"segmentFrames": -5}, "segment_frames"),
        ({"sync": {"window": 1e9}}, "sync.window"),
        ({"models": [{"version": "vmaf_v0.6.1"}] * 33}, "models"),
        ({"models": [{"version": "nope"}]}, "nope"),
        ({"models": [{}]}, "model"),
        ({"features": [{"name": "nope"}]}, "nope"),
        (
            {"features": [{"name": "cambi", "options": [{"name": "heatmaps_path", "value": "/"}]}]},
            "heatmaps_path",
        ),
    ],
)
def test_scores_that_cannot_be_right_are_refused(
    policy: Policy, more: dict[str, object], named: str
) -> None:
    with pytest.raises(UsageError) as caught:
        policy.check_spec(scoring_of("/a", **more), OWNER)
    assert named in caught.value.message


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"source": {}}, "source"),
        ({"setting": {"encoder": "libx264", "quality": "NaN"}}, "quality"),
        ({"setting": {"encoder": "libx264", "size": {"width": 1, "height": -1}}}, "setting.size"),
        ({"setting": {"encoder": "libx264", "keyframeInterval": 0}}, "keyframe_interval"),
        ({"measuring": {"sampling": {"seconds": -1}}}, "seconds"),
        ({"measuring": {"sampling": {"windows": 0}}}, "windows"),
        ({"measuring": {"display": {"width": 0, "height": 0}}}, "display"),
        ({"measuring": {"threads": 0}}, "threads"),
        ({"windows": [{"start": 0}] * 257}, "windows"),
        ({"windows": [{"start": 1, "duration": -1}]}, "windows[0].duration"),
    ],
)
def test_probes_that_cannot_be_right_are_refused(
    policy: Policy, more: dict[str, object], named: str
) -> None:
    with pytest.raises(UsageError) as caught:
        policy.check_spec(encoding_of("/a", **more), OWNER)
    assert named in caught.value.message


def test_a_job_without_anything_to_do_is_refused(policy: Policy) -> None:
    with pytest.raises(VmafxError):
        policy.check_spec(controller.JobSpec(), OWNER)


def test_a_job_is_looked_at_again_before_it_begins(policy: Policy, tmp_path: Path) -> None:
    named = tmp_path / "films/link.mp4"
    named.symlink_to("a.mp4")
    spec, owners = scoring_of(named), scoring_of(named)
    policy.check_spec(spec, OTHER)
    policy.check_spec(owners, OWNER)
    assert (is_confined(spec), is_confined(owners)) == (True, False)
    policy.check_again(spec)
    named.unlink()
    named.symlink_to("/etc/passwd")
    with pytest.raises(DeniedError):
        policy.check_again(spec)


def test_one_video_alone_is_for_neural_models(policy: Policy, tmp_path: Path) -> None:
    alone = scoring_of(tmp_path / "films/a.mp4", distorted=[], neural=[{"model": "seen"}])
    policy.check_spec(alone, OTHER)
    assert alone.score.reference.confined
    with pytest.raises(UsageError, match="needs a reference and a distorted video"):
        policy.check_spec(scoring_of(tmp_path / "films/a.mp4", distorted=[]), OTHER)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"neural": [{"model": "m"}] * 100}, "neural has 100 elements"),
        ({"neural": [{"model": "m"}], "device": {"device": "gpu"}}, "'gpu' is no device"),
    ],
)
def test_neural_models_and_their_device_are_bounded(
    policy: Policy, tmp_path: Path, more: dict[str, object], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        policy.check_spec(scoring_of(tmp_path / "films/a.mp4", **more), OTHER)
