"""A connection that sends what no client of gRPC would."""

import socket
import struct

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _SETTINGS = 0, 1, 4
_END_STREAM, _END_HEADERS = 1, 4
_INITIAL_WINDOW_SIZE = 4
_PATIENCE = 30


class RawConnection:
    """HTTP/2 as it is on the wire.

    Args:
        address: The server, as "127.0.0.1:9090" or "unix:/path".
        window: How many bytes of an answer there is room for.
    """

    def __init__(self, address: str, window: int = 65535) -> None:
        if address.startswith("unix:"):
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.connect(address.removeprefix("unix:"))
        else:
            host, _, port = address.rpartition(":")
            self._socket = socket.create_connection((host, int(port)), _PATIENCE)
        self._socket.settimeout(_PATIENCE)
        self._stream = 1
        settings = struct.pack(">HI", _INITIAL_WINDOW_SIZE, window)
        self._socket.sendall(_PREFACE + _frame(_SETTINGS, 0, 0, settings))

    def close(self) -> None:
        """Go away."""
        self._socket.close()

    def call(self, path: bytes, message: bytes = b"") -> None:
        """Call a method, whatever bytes its path has."""
        names = {
            b":method": b"POST",
            b":scheme": b"http",
            b":path": path,
            b":authority": b"localhost",
            b"te": b"trailers",
            b"content-type": b"application/grpc",
        }
        block = b"".join(_literal(name) + _literal(value, b"") for name, value in names.items())
        framed = b"\0" + struct.pack(">I", len(message)) + message
        self._socket.sendall(
            _frame(_HEADERS, _END_HEADERS, self._stream, block)
            + _frame(_DATA, _END_STREAM, self._stream, framed)
        )
        self._stream += 2

    def wait_for(self, words: bytes) -> None:
        """Read until the server has said that, or ends the connection."""
        said = b""
        while words not in said and (more := self._socket.recv(1 << 16)):
            said += more


def _literal(text: bytes, prefix: bytes = b"\0") -> bytes:
    """Text of up to 126 bytes as HPACK has it, without Huffman codes or an index."""
    return prefix + bytes([len(text)]) + text


def _frame(kind: int, flags: int, stream: int, body: bytes) -> bytes:
    return (
        struct.pack(">I", len(body))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + body
    )
