from pathlib import Path

import av

from vmafx_core import score
from vmafx_core.testing import frame, write_clip


def test_what_is_noticed_while_reading_is_in_the_result(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "whole.mkv", frames=10, width=64, height=48)
    holed = tmp_path / "holed.mkv"
    with av.open(str(holed), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for i in (0, 1, 2, 3, 7, 8, 9):
            shown = frame(i, 64, 48)
            shown.pts = i
            container.mux(stream.encode(shown))
        container.mux(stream.encode(None))
    result = score(str(whole), str(holed))
    assert [n.code for n in result.notices] == []
    assert "gap" in [n.code for n in result.pairs[0].notices]
    result = score(str(holed), str(whole))
    assert "gap" in [n.code for n in result.notices]
