import errno
import os
from pathlib import Path

import av
import pytest

from vmafx_core.errors import InputError, UsageError
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.testing import frame, write_clip


def refusal(path: Path | str) -> str:
    """The message with which opening fails."""
    with pytest.raises(InputError) as caught:
        VideoSource(InputSpec(location=str(path)))
    lines = str(caught.value).splitlines()
    assert 1 <= len(lines) <= 2
    assert lines[0].startswith(str(path))
    return str(caught.value)


def write_sound(path: Path) -> Path:
    """A file with sound and no pictures."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48000)
        silence = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        for plane in silence.planes:
            plane.update(bytes(plane.buffer_size))
        silence.rate = 48000
        container.mux(stream.encode(silence))
        container.mux(stream.encode(None))
    return path


def write_streams(path: Path, sizes: list[tuple[int, int]]) -> Path:
    """A file with one video stream of two pictures for each size."""
    with av.open(str(path), "w") as container:
        streams = []
        for width, height in sizes:
            stream = container.add_stream("libx264", rate=25)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            streams.append(stream)
        for stream in streams:
            for i in range(2):
                picture = frame(i, stream.width, stream.height)
                picture.pts = i
                container.mux(stream.encode(picture))
            container.mux(stream.encode(None))
    return path


def test_a_missing_file_brings_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "distorted.mp4").touch()
    message = refusal(tmp_path / "distortd.mp4")
    assert "no such file" in message
    assert f"Did you mean {str(tmp_path / 'distorted.mp4')!r}?" in message


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    assert f"no directory {str(tmp_path / 'nowhere')!r}" in refusal(tmp_path / "nowhere" / "a.mp4")


def test_a_directory_is_no_video(tmp_path: Path) -> None:
    assert "is a directory" in refusal(tmp_path)


def test_an_empty_name_is_no_directory() -> None:
    with pytest.raises(InputError, match="without a name"):
        VideoSource(InputSpec(location=""))


@pytest.mark.parametrize("name", ["a.mp4", "a.y4m", "a_64x48.yuv"])
def test_an_empty_file_is_called_empty(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert "is empty" in refusal(tmp_path / name)


@pytest.mark.parametrize("name", ["notes.txt", "notes.mp4", "notes", "notes.y4m"])
def test_text_is_no_video_whatever_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("These are only words,\nline after line.\n" * 40)
    assert "is text, not video" in refusal(tmp_path / name)


def test_noise_is_no_video(tmp_path: Path) -> None:
    (tmp_path / "noise.mp4").write_bytes(bytes((i * 7919 + 13) % 251 for i in range(5000)))
    assert "no format that FFmpeg knows" in refusal(tmp_path / "noise.mp4")


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    assert "has no video stream (only audio)" in refusal(write_sound(tmp_path / "sound.mp4"))


def test_a_container_without_pictures_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.y4m"
    path.write_bytes(b"YUV4MPEG2 W16 H8 F25:1 C420jpeg\n")
    assert "has no pictures" in refusal(path)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="this user may read everything")
def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "secret.mp4", frames=2)
    path.chmod(0)
    assert "cannot be read: Permission denied" in refusal(path)


def test_a_file_that_the_system_does_not_give_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_clip(tmp_path / "lost.mp4", frames=2)

    def deny(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", deny)
    assert "cannot be read: Permission denied" in refusal(path)


@pytest.mark.parametrize("name", ["a:b.mp4", "50%.mp4", "take%02d.mp4", "so be it.mp4", "-.mp4"])
def test_names_that_mean_something_to_ffmpeg_are_only_names(tmp_path: Path, name: str) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=2, width=64, height=48).rename(tmp_path / name)
    with VideoSource(InputSpec(location=str(clip))) as source:
        assert len(list(source.frames())) == 2


def test_numbered_pictures_are_a_video(tmp_path: Path) -> None:
    for i in range(3):
        write_clip(tmp_path / f"p{i:03d}.png", frames=1, codec="png", pix_fmt="rgb24")
    with VideoSource(InputSpec(location=str(tmp_path / "p%03d.png"))) as source:
        assert len(list(source.frames())) == 3


def test_a_chosen_stream_is_read(tmp_path: Path) -> None:
    path = write_streams(tmp_path / "two.mkv", [(64, 48), (128, 96)])
    for index, width in ((0, 64), (1, 128)):
        with VideoSource(InputSpec(location=str(path), stream=index)) as source:
            assert source.info.width == width
            assert not source.notices
            assert [f.width for f in source.frames()] == [width, width]


def test_of_several_streams_the_best_is_read_and_named(tmp_path: Path) -> None:
    path = write_streams(tmp_path / "two.mkv", [(64, 48), (128, 96)])
    with VideoSource(InputSpec(location=str(path))) as source:
        assert source.info.width == 128
        assert [n.code for n in source.notices] == ["stream-choice"]
        assert "video stream 1 of 2" in source.notices[0].text


def test_a_stream_that_is_not_there_says_how_many_there_are(tmp_path: Path) -> None:
    path = write_streams(tmp_path / "two.mkv", [(64, 48), (128, 96)])
    with pytest.raises(UsageError, match="no video stream 2\nIt has 2"):
        VideoSource(InputSpec(location=str(path), stream=2))
