"""The pages about the queue and its jobs, in a real browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support.browser import Browser, chromium
from support.daemon import Daemon, running
from support.held_back import held_back
from support.http import done, score_body, standing_still, submit, watched
from support.pages import chart, enter, outside, press, reads, rows, text
from support.ports import free_port
from vmafx_core.testing import write_clip
from vmafx_daemon.access.caller import Role
from vmafx_daemon.access.tokens import add_token

# How many points the chart has, while the job runs and some but not all of its frames are known.
MIDWAY = """
const find = (where) => document.querySelector(where);
const plot = find(".plot")?.dataset;
const points = Number(plot?.points ?? 0);
const said = find("#progress")?.innerText ?? "";
return find("#job .is-running") && /[1-9][0-9]* of 200 frames/.test(said) &&
  find("#progress progress").value > 0 && points > 0 && points < 200 && plot.to;
"""
# Lists of jobs come, but are not looked at until it is called; and when it is.
HOLD_LISTS = """
const ask = window.fetch;
const released = new Promise((resolve) => { window.release = resolve; });
window.fetch = async (...request) => {
  const answer = await ask(...request);
  if (String(request[0]).startsWith("/v1/jobs?")) {
    window.held = (window.held ?? 0) + 1;
    await released;
  }
  return answer;
};
window.addEventListener("changed", () => { window.heard = true; });
"""
# Without a filter it is the first of many.
ONLY_THE_ODD_ONE = """
const rows = document.querySelectorAll("#jobs tbody tr");
return rows.length === 1 && rows[0].innerText.includes("many=odd");
"""
ESCAPE_KEY, END_KEY = "\ue00c", "\ue010"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as window:
        yield window


@pytest.fixture
def page(browser: Browser, daemon: Daemon) -> Iterator[Browser]:
    """A browser that shows the queue; nothing may be wrong with the page in the end."""
    look_at(browser, daemon.url)
    yield browser
    assert browser.log() == []
    assert outside(browser) == []


def look_at(browser: Browser, address: str) -> None:
    """Open an address, also where only the part behind # is another."""
    browser.visit("about:blank")
    browser.log()
    browser.visit(address)


def test_an_empty_queue_says_how_to_submit_the_first_job(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path / "state") as fresh:
        look_at(browser, fresh.url)
        said = reads(browser, ".nothing", "No jobs yet")
        assert "vmafx jobs submit" in said
        assert f"{fresh.url}/v1/jobs" in said
        reads(browser, "#server", "ready")
        assert browser.log() == []


def test_the_queue_shows_what_came_out_and_what_went_wrong(
    page: Browser, http: httpx.Client, root: Path
) -> None:
    done(http, score_body(root, labels={"show": "pilot"}, priority=3))
    mean = float(reads(page, "#jobs tbody tr .outcome strong", "."))
    assert 20 < mean < 90
    assert rows(page)[0] == "dis.mp4 against ref.mp4"
    assert "show=pilot" in text(page, "#jobs tbody .labels")
    assert "priority 3" in text(page, "#jobs tbody .labels")
    (root / "noise.mp4").write_bytes(b"no video at all")
    done(http, score_body(root, "noise.mp4"))
    reads(page, "#jobs tbody tr .outcome", "noise.mp4")
    assert "failed" in text(page, "#jobs tbody .badge")


def test_the_queue_is_filtered_and_turned_over(
    page: Browser, daemon: Daemon, http: httpx.Client, root: Path
) -> None:
    (root / "noise.mp4").write_bytes(b"no video at all")
    for number in range(60):
        last = submit(http, score_body(root, "noise.mp4", labels={"many": f"n{number}"}))
    watched(http, last)
    odd = done(http, score_body(root, labels={"many": "odd"}))
    look_at(page, f"{daemon.url}/#/?state=failed")
    page.until("return document.querySelectorAll('#jobs tbody tr').length === 50")
    assert set(rows(page)) == {"noise.mp4 against ref.mp4"}
    assert "n59" in text(page, "#jobs tbody .labels")
    press(page, "#jobs nav a", "Older →")
    reads(page, "#jobs tbody .labels", "n9")
    press(page, "#jobs nav a", "← Newest")
    reads(page, "#jobs tbody .labels", "n59")
    press(page, ".choice", "all")
    enter(page, "input[name=label]", "many=n7")
    page.until("return document.querySelectorAll('#jobs tbody tr').length === 1")
    enter(page, "input[name=label]", "")
    enter(page, "input[name=text]", odd["id"])
    page.until(ONLY_THE_ODD_ONE)
    enter(page, "input[name=text]", "nothing is called so")
    reads(page, ".nothing", "No job here is like that")
    press(page, ".nothing a")
    page.until("return document.querySelectorAll('#jobs tbody tr').length === 50")


def test_a_job_that_is_submitted_while_the_list_is_on_its_way_is_shown(
    page: Browser, http: httpx.Client, root: Path
) -> None:
    done(http, score_body(root, labels={"many": "before"}))
    reads(page, "#jobs tbody .labels", "many=before")
    page.run(HOLD_LISTS)
    press(page, ".choice", "completed")
    page.until("return window.held === 2")
    done(http, score_body(root, labels={"many": "after"}))
    page.until("return window.heard")
    page.run("window.release()")
    reads(page, "#jobs tbody .labels", "many=after")


def test_a_running_job_tells_how_far_it_is_and_its_scores_as_they_come(
    browser: Browser, tmp_path: Path
) -> None:
    raw = write_clip(tmp_path / "ref.y4m", frames=200, width=160, height=120, codec="rawvideo")
    write_clip(tmp_path / "dis.mp4", frames=200, width=160, height=120, options={"crf": "40"})
    with (
        held_back(raw) as (url, release),
        running(tmp_path / "state", "--root", tmp_path, "--url-host", "127.0.0.1") as daemon,
        httpx.Client(base_url=daemon.url, timeout=60) as http,
    ):
        body = score_body(tmp_path)
        body["spec"]["score"] |= {"reference": {"location": url}, "segment_frames": 10}
        look_at(browser, daemon.url)
        job_id = submit(http, body)
        press(browser, "#running .what a")
        assert float(browser.until(MIDWAY)) == pytest.approx(199 / 25), "the end is known before"
        release()
        reads(browser, "#pools", "worst 1 %")
        assert text(browser, "#job .badge").endswith("completed")
        browser.until("return document.querySelector('.plot')?.dataset.points === '200'")
        assert browser.run("return location.hash") == f"#/jobs/{job_id}"
        assert not browser.run("return document.querySelector('#progress')")
        assert browser.log() == []
        assert outside(browser) == []


def test_a_finished_job_shows_every_frame_its_pools_and_where_they_come_from(
    page: Browser, daemon: Daemon, http: httpx.Client, root: Path
) -> None:
    body = score_body(root)
    body["spec"]["score"] |= {
        "features": [{"name": "psnr", "options": []}],
        "frames": 8,
        "distorted": [{"location": str(root / name), "skip": 1} for name in ("dis.mp4", "ref.mp4")],
    }
    job = done(http, body)
    look_at(page, f"{daemon.url}/#/jobs/{job['id']}")
    pooled = [pair["metrics"][0]["pooled"] for pair in job["result"]["score"]["pairs"]]
    reads(page, ".card .score", f"{pooled[0]['mean']:.2f}")
    page.until("return document.querySelector('.plot').dataset.points === '16'")
    assert chart(page)["metric"] == "vmaf"
    page.run("document.querySelector('.plot').focus()")
    page.keys(END_KEY)
    values = [pair["metrics"][0]["values"][-1] for pair in job["result"]["score"]["pairs"]]
    assert f"dis.mp4 {values[0]:.2f}" in text(page, "#readout")
    assert f"ref.mp4 {values[1]:.2f}" in text(page, "#readout")
    page.keys("+")
    assert not page.run("return document.querySelector('#frames button').disabled")
    page.keys(ESCAPE_KEY)
    assert page.run("return document.querySelector('#frames button').disabled")
    press(page, "#frames input")
    assert chart(page)["lines"] == "1"
    page.run(
        "const s = document.querySelector('#frames select'); s.value = 'psnr_y';"
        "s.dispatchEvent(new Event('change', {bubbles: true}))"
    )
    assert chart(page)["metric"] == "psnr_y"
    assert f"{pooled[1]['harmonic_mean']:.2f}" in text(page, "#pools")
    account = text(page, "#account")
    versions = job["result"]["score"]["versions"]
    for words in (f"libvmaf {versions['libvmaf']}", "vmaf_v0.6.1, 0 to 100", "160x120, yuv420p"):
        assert words in account
    command = text(page, "#request pre").replace("\\\n", "")
    assert command.split() == [
        *("vmafx", "score", str(root / "ref.mp4"), str(root / "dis.mp4"), str(root / "ref.mp4")),
        *("-f", "psnr", "--frames", "8", "--skip-dis", "1"),
    ]


def test_an_encode_shows_its_setting_and_its_frames(
    page: Browser, daemon: Daemon, http: httpx.Client, root: Path
) -> None:
    task = {
        "source": {"location": str(root / "ref.mp4")},
        "setting": {"encoder": "libx264", "quality": 33, "preset": "ultrafast"},
        "measuring": {"models": [{"version": "vmaf_v0.6.1"}], "sampling": {"whole": True}},
    }
    job = done(http, {"spec": {"encode": task}})
    look_at(page, f"{daemon.url}/#/jobs/{job['id']}")
    reads(page, ".card .score", f"{job['scores'][0]:.2f}")
    assert text(page, "#job h2") == "ref.mp4: libx264 at 33"
    assert "ultrafast" in text(page, "#request")
    page.until("return document.querySelector('.plot').dataset.points === '10'")


def test_a_failed_job_says_why_and_is_tried_again(
    page: Browser, daemon: Daemon, http: httpx.Client, root: Path
) -> None:
    missing = root / "late.mp4"
    missing.write_bytes(b"not yet a video")
    job = done(http, score_body(root, "late.mp4"))
    look_at(page, f"{daemon.url}/#/jobs/{job['id']}")
    said = reads(page, "#error", job["error"]["message"])
    assert job["error"]["hint"] in said
    assert "InputError, exit code 3" in said
    shutil.copy(root / "dis.mp4", missing)
    press(page, "#job button", "Try again")
    reads(page, "#job .badge", "completed")
    reads(page, ".card .score", "mean vmaf")
    assert not page.run("return document.querySelector('#error')")


def test_a_job_is_cancelled_when_that_is_meant(
    page: Browser, daemon: Daemon, http: httpx.Client, root: Path
) -> None:
    with standing_still(daemon, http, root):
        job_id = submit(http, score_body(root))
        look_at(page, f"{daemon.url}/#/jobs/{job_id}")
        press(page, "#job button", "Cancel…")
        reads(page, "dialog", "Cancel this job?")
        press(page, "dialog button", "Keep it")
        page.until("return !document.querySelector('dialog')")
        assert http.get(f"/v1/jobs/{job_id}").json()["state"] in {"pending", "running"}
        press(page, "#job button", "Cancel…")
        press(page, "dialog button", "Cancel the job")
        reads(page, "#job .badge", "cancelled")
    assert http.get(f"/v1/jobs/{job_id}").json()["state"] == "cancelled"


def test_names_of_files_are_text_whatever_is_in_them(
    page: Browser, daemon: Daemon, http: httpx.Client, root: Path
) -> None:
    name = "<img src=x onerror=document.title='hacked'>'\"&amp;.mp4"
    shutil.copy(root / "dis.mp4", root / name)
    hostile = "<script>document.title='hacked'</script>"
    job = done(http, score_body(root, name, labels={"l": hostile}))
    assert job["state"] == "completed"
    reads(page, "#jobs tbody .what", name)
    assert hostile in text(page, "#jobs tbody .labels")
    look_at(page, f"{daemon.url}/#/jobs/{job['id']}")
    reads(page, ".card h2", name)
    page.until("return document.querySelector('.plot').dataset.points === '10'")
    assert text(page, "#job h2") == f"{name} against ref.mp4"
    page.run("document.querySelector('.plot').focus()")
    page.keys(END_KEY)
    assert name in text(page, "#readout")
    assert page.run("return document.title").startswith(name)
    assert page.run("return document.images.length") == 0
    quoted = str(root / name).replace("'", "'\\''")
    assert f"'{quoted}'" in text(page, "#request pre")


def test_a_job_that_is_not_there_is_said_to_be_missing(browser: Browser, daemon: Daemon) -> None:
    look_at(browser, f"{daemon.url}/#/jobs/0123")
    reads(browser, "#job", "there is no job '0123'")


def test_a_token_is_asked_for_and_kept(browser: Browser, root: Path, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens"
    token, other = (add_token(tokens, role.name, role) for role in (Role.READ, Role.WRITE))
    with running(tmp_path / "state", "--token-file", tokens, "--root", root) as guarded:
        writer = {"Authorization": f"Bearer {other}"}
        with httpx.Client(base_url=guarded.url, headers=writer, timeout=60) as here:
            job = done(here, score_body(root))
        look_at(browser, guarded.url)
        reads(browser, "#token", "wants a token")
        for word, answer in (("wrong", "does not know that token"), (token, "")):
            enter(browser, "#token-field", word)
            press(browser, "#token button")
            if answer:
                reads(browser, "#token [role=alert]", answer)
        reads(browser, "#jobs tbody .what", "dis.mp4")
        assert browser.run("return document.getElementById('token').hidden")
        press(browser, "#jobs tbody a")
        reads(browser, ".card .score", f"{job['scores'][0]:.2f}")
        assert token not in browser.run("return location.href + document.body.innerHTML")


def test_a_lost_connection_is_said_and_taken_up_again(
    browser: Browser, root: Path, tmp_path: Path
) -> None:
    options = ("--root", root, "--http-port", free_port())
    with running(tmp_path / "state", *options) as first:
        look_at(browser, first.url)
        reads(browser, ".nothing", "No jobs yet")
        first.kill()
        reads(browser, "#lost", "cannot be reached")
    with running(tmp_path / "state", *options) as second:
        with httpx.Client(base_url=second.url, timeout=60) as here:
            done(here, score_body(root))
        reads(browser, "#jobs tbody .what", "dis.mp4")
        browser.until("return document.getElementById('lost').hidden")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_everything_without_sideways_scrolling_in_light_and_dark(
    page: Browser, daemon: Daemon, http: httpx.Client, root: Path, scheme: str
) -> None:
    job = done(http, score_body(root, labels={"a": "long" * 20}))
    phone = {"width": 390, "height": 800, "deviceScaleFactor": 2, "mobile": True}
    page.devtools("Emulation.setDeviceMetricsOverride", **phone)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    page.devtools("Emulation.setEmulatedMedia", features=features)
    try:
        for place, shown in (
            ("/", "#jobs tbody"),
            (f"/#/jobs/{job['id']}", "#pools"),
            ("/docs", "main h3"),
        ):
            look_at(page, daemon.url + place)
            page.until("return document.querySelector(arguments[0])", shown)
            assert page.run("return document.documentElement.scrollWidth") <= 390, place
        bright = page.run("return getComputedStyle(document.body).color.match(/\\d+/)[0] > 128")
        assert bright == (scheme == "dark")
    finally:
        page.devtools("Emulation.clearDeviceMetricsOverride")
        page.devtools("Emulation.setEmulatedMedia", features=[])
