import os
import socket
from pathlib import Path

import pytest

from vmafx_core.errors import InputError, RemoteError, UsageError, VmafxError
from vmafx_daemon.access.places import Places
from vmafx_daemon.errors import DeniedError
from vmafx_daemon.settings import AccessSettings


def check(location: object, *, anywhere: bool = False, **settings: object) -> None:
    access = AccessSettings(**settings)  # type: ignore[arg-type]
    Places(access).check(str(location), anywhere=anywhere)


def refusal(location: object, *roots: Path) -> str:
    with pytest.raises(VmafxError) as caught:
        check(location, roots=roots)
    return str(caught.value)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a file, beside another one with a secret."""
    for name in ("root", "root2"):
        (tmp_path / name).mkdir()
    (tmp_path / "root/a.mp4").touch()
    (tmp_path / "root2/secret.mp4").touch()
    return tmp_path / "root"


def test_files_below_a_root_may_be_named(root: Path) -> None:
    check(root / "a.mp4", roots=(root,))
    check(root / "missing.mp4", roots=(root,))
    check(root / "odd: name, file:x.mp4", roots=(root,))
    (root / "inside.mp4").symlink_to("a.mp4")
    check(root / "inside.mp4", roots=(root,))


def test_a_root_may_be_a_link_itself(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    check(tmp_path / "link/a.mp4", roots=(tmp_path / "link",))
    check(root / "a.mp4", roots=(tmp_path / "link",))


@pytest.mark.parametrize(
    "path", ["../root2/secret.mp4", "x/../../root2/secret.mp4", "../root2", "../root2/none", ".."]
)
def test_nothing_is_reached_by_going_up(root: Path, path: str) -> None:
    with pytest.raises(DeniedError):
        check(f"{root}/{path}", roots=(root,))


def test_links_do_not_lead_out_of_a_root(root: Path) -> None:
    (root / "file").symlink_to("../root2/secret.mp4")
    (root / "folder").symlink_to("../root2")
    (root / "twice").symlink_to("folder/secret.mp4")
    (root / "gone").symlink_to("../root2/none")
    for name in ("file", "folder/secret.mp4", "folder/none", "twice", "gone"):
        with pytest.raises(DeniedError):
            check(root / name, roots=(root,))


def test_nothing_tells_whether_a_file_outside_is_there(root: Path, tmp_path: Path) -> None:
    there = refusal(tmp_path / "root2/secret.mp4", root)
    missing = refusal(tmp_path / "root2/missing.mp4", root)
    assert there.replace("secret", "missing") == missing


def test_refusals_name_what_was_sent_and_nothing_else(root: Path) -> None:
    (root / "file").symlink_to("../root2/secret.mp4")
    assert "root2" not in refusal(root / "file", root)


def test_without_roots_only_the_owner_names_files(root: Path) -> None:
    with pytest.raises(DeniedError):
        check(root / "a.mp4")
    check(root / "a.mp4", anywhere=True)


@pytest.mark.parametrize("anywhere", [True, False])
def test_pipes_devices_and_sockets_are_no_videos(root: Path, *, anywhere: bool) -> None:
    os.mkfifo(root / "pipe")
    (root / "device").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(root / "socket"))
        for name in ("pipe", "device", "socket"):
            with pytest.raises(InputError):
                check(root / name, anywhere=anywhere, roots=("/",))


@pytest.mark.parametrize("anywhere", [True, False])
@pytest.mark.parametrize(
    "location",
    [
        "-", "", "a.mp4", "./a.mp4", "~/a.mp4", "concat:/a|/b", "pipe:0",
        "subfile,,start,0,end,1,,:/a", "data:video/mp4;base64,AAAA", "file:/etc/passwd", "/a\0.mp4",
        "/a\n.mp4", "/" + "a" * 5000, "C:\\a.mp4",
    ],
)  # fmt: skip
def test_only_absolute_paths_and_urls_are_locations(location: str, *, anywhere: bool) -> None:
    with pytest.raises(UsageError):
        check(location, anywhere=anywhere, roots=("/",))


@pytest.mark.parametrize("anywhere", [True, False])
@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "gopher://93.184.216.34/", "ftp://93.184.216.34/a", "rtmp://x/y",
        "concat+http://93.184.216.34/", "HTTP://93.184.216.34/a", "crypto+file:///etc/passwd",
    ],
)  # fmt: skip
def test_urls_of_other_schemes_are_refused(url: str, *, anywhere: bool) -> None:
    with pytest.raises(DeniedError):
        check(url, anywhere=anywhere, roots=("/",))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "0", "0.0.0.0", "[::1]", "[::]",
        "169.254.169.254", "[fd00:ec2::254]", "[fe80::1]", "10.1.2.3", "192.168.1.1", "172.16.0.1",
        "100.64.0.1", "224.0.0.1", "[ff02::1]", "[::ffff:127.0.0.1]", "[::ffff:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]", "[2002:7f00:1::]", "255.255.255.255",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_refused(host: str) -> None:
    with pytest.raises(DeniedError):
        check(f"http://{host}/latest/meta-data/")
    with pytest.raises(DeniedError):
        check(f"http://user:word@{host}:80/a.mp4?b=c", hosts=("*",))
    check(f"http://{host}/a.mp4", anywhere=True)


def test_public_addresses_are_allowed() -> None:
    check("https://93.184.216.34/a.mp4")
    check("http://[2606:2800:220:1:248:1893:25c8:1946]:8080/a.mp4?x=%20")


def test_a_name_counts_by_its_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        addresses = {
            "good.example": ["93.184.216.34"],
            "mixed.example": ["93.184.216.34", "10.0.0.1"],
        }
        if host not in addresses:
            raise socket.gaierror
        return [(2, 1, 6, "", (each, 0)) for each in addresses[host]]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    check("https://good.example/a.mp4")
    with pytest.raises(DeniedError):
        check("https://mixed.example/a.mp4")
    check("https://mixed.example/a.mp4", hosts=("mixed.example",))
    with pytest.raises(DeniedError):
        check("https://mixed.example/a.mp4", hosts=("*.example",))
    with pytest.raises(DeniedError):
        check("https://good.example/a.mp4", hosts=("*.other",))
    check("https://good.example./a.mp4", hosts=("*.example",))
    with pytest.raises(RemoteError):
        check("https://none.example/a.mp4")


@pytest.mark.parametrize(
    "url",
    [
        r"http://93.184.216.34\@127.0.0.1/", "http://a@b@127.0.0.1/", "http:///a.mp4",
        "http://93.184.216.34#@127.0.0.1/", "http://127.0.0.1 /", "http://[::1", "http://é.example/",
    ],
)  # fmt: skip
def test_urls_that_could_be_read_in_two_ways_are_refused(url: str) -> None:
    with pytest.raises(UsageError):
        check(url)


def test_refusals_keep_the_secrets_of_urls() -> None:
    message = refusal("http://me:word@127.0.0.1/a.mp4?key=abc")
    assert "word" not in message
    assert "abc" not in message
