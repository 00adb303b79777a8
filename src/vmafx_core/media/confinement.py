"""Options that keep FFmpeg from opening anything but what it was told to open.

Playlists and lists of files name other places, and FFmpeg goes there: `ffconcat version 1.0` at the
beginning of a file is enough, whatever its name. Servers can send readers elsewhere as well.
"""

# Containers and bare streams that hold their pictures themselves. Those that lead elsewhere (hls,
# dash, concat, sdp, image2, imf, ...) are not among them, nor are devices and texts.
_SELF_CONTAINED = (
    "apng", "apv", "asf", "av1", "avi", "avs2", "avs3", "bmp_pipe", "cavsvideo", "dirac", "dnxhd",
    "dpx_pipe", "dv", "evc", "exr_pipe", "flv", "gif", "gxf", "h261", "h263", "h264", "hevc", "ivf",
    "ivr", "j2k_pipe", "jpeg_pipe", "jpegxl_pipe", "live_flv", "lxf", "m4v", "matroska", "mjpeg",
    "mov", "mpeg", "mpegts", "mpegvideo", "mxf", "nut", "obu", "ogg", "png_pipe", "rawvideo", "rm",
    "tiff_pipe", "vc1", "vc1test", "vvc", "webp_pipe", "wtv", "yuv4mpegpipe",
)  # fmt: skip
_FILES = "file"
_SERVERS = "http,https,httpproxy,tcp,tls"


def confining_options(*, url: bool) -> dict[str, str]:
    """Options for opening one container, and nothing that it leads to.

    Args:
        url: Whether it is on a server; a redirect is then refused, too.
    """
    options = {
        "format_whitelist": ",".join(_SELF_CONTAINED),
        "protocol_whitelist": _SERVERS if url else _FILES,
    }
    return options | ({"max_redirects": "0"} if url else {})
