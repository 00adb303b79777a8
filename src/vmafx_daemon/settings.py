"""Everything that can be set about a daemon."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSettings:
    """Who may do what.

    Attributes:
        token_file: Tokens, one a line: a role, a name, a hash; None for none.
        certificate: The server's certificate chain in PEM; None to speak without TLS.
        key: Its private key.
        client_authority: Certificates that clients must be signed by; None to ask for none.
        roots: Folders whose files requests may name; none at first, all for the socket's owner.
        schemes: Schemes of URLs that requests may name.
        hosts: Hosts that URLs may name, with * for any characters; none for all with a public
            address. One without * may have any address. The socket's owner may name any.
    """

    token_file: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    client_authority: Path | None = None
    roots: tuple[Path, ...] = ()
    schemes: tuple[str, ...] = ("http", "https")
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """How much of everything there may be.

    Attributes:
        workers: Jobs at once; None for one for every two CPUs, at least one.
        worker_memory: Resident bytes of a worker; None for a share of the machine's.
        streams: Streams that score at once.
        silent_seconds: How long nothing may happen in a stream.
        idle_streams: Streams that are open at once, those that wait for a place included.
        queue: Jobs that wait.
        job_seconds: Most wall time of one attempt, and the limit where a job names none.
        attempts: Most attempts of a job, and the number where a job names none.
        message_bytes: Longest message.
        frame_pixels: Largest picture, in luma samples.
        keep_days: How long ended jobs are kept.
        keep_bytes: How many bytes of results are kept.
    """

    workers: int | None = None
    worker_memory: int | None = None
    streams: int = 4
    silent_seconds: float = 600.0
    idle_streams: int = 1024
    queue: int = 200_000
    job_seconds: float = 6 * 3600.0
    attempts: int = 3
    message_bytes: int = 256 << 20
    frame_pixels: int = 8192 * 8192
    keep_days: float = 30.0
    keep_bytes: int = 10 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A daemon's settings.

    Attributes:
        state: The folder for the database, logs and the process id.
        socket: The unix socket; None for none.
        host: The address that gRPC and HTTP listen on.
        grpc_port: gRPC's port; 0 for any free one.
        http_port: HTTP's port; 0 for any free one.
        database: An SQLAlchemy URL; None for SQLite in the state folder.
        log_level: "debug", "info", "warning" or "error".
        log_format: "json", "text", or "auto" for text on a terminal.
        drain_seconds: How long running work may go on once the daemon is to stop.
        access: Who may do what.
        limits: How much there may be.
    """

    state: Path
    socket: Path | None
    host: str = "127.0.0.1"
    grpc_port: int = 9090
    http_port: int = 8080
    database: str | None = None
    log_level: str = "info"
    log_format: str = "auto"
    drain_seconds: float = 30.0
    access: AccessSettings = field(default_factory=AccessSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)
