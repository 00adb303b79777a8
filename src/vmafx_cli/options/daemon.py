"""Options that say how a daemon is to be."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from vmafx_cli.options import panels, values
from vmafx_cli.options.groups import option
from vmafx_cli.options.tokens import TokenFile
from vmafx_daemon.settings import AccessSettings, LimitSettings, Settings

_LIMITS = LimitSettings()


class LogLevel(StrEnum):
    """How much is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How it is written."""

    AUTO = "auto"
    JSON = "json"
    TEXT = "text"


StateDir = Annotated[
    Path | None,
    option(
        "--state-dir",
        panel=panels.RUNNING,
        metavar="FOLDER",
        envvar="VMAFX_STATE_DIR",
        default="this user's",
        help="The folder of its jobs, its log and its socket.",
    ),
]


def state_dir(given: Path | None) -> Path:
    """The state folder."""
    from vmafx_rpc.addresses import default_state  # help does without

    return (given or default_state()).absolute()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListeningOptions:
    """Where a daemon listens; the fields are the options."""

    host: Annotated[
        str,
        option(
            "--host",
            panel=panels.LISTENING,
            metavar="ADDRESS",
            envvar="VMAFX_HOST",
            show_default=True,
            help="The address for gRPC and HTTP.",
        ),
    ] = "127.0.0.1"
    grpc_port: Annotated[
        int,
        option(
            "--grpc-port",
            panel=panels.LISTENING,
            metavar="PORT",
            envvar="VMAFX_GRPC_PORT",
            min=0,
            max=65535,
            show_default=True,
            help="gRPC's port; 0 for any free one.",
        ),
    ] = 9090
    http_port: Annotated[
        int,
        option(
            "--http-port",
            panel=panels.LISTENING,
            metavar="PORT",
            envvar="VMAFX_PORT",
            min=0,
            max=65535,
            show_default=True,
            help="HTTP's port; 0 for any free one.",
        ),
    ] = 8080
    socket: Annotated[
        Path | None,
        option(
            "--socket",
            panel=panels.LISTENING,
            metavar="FILE",
            envvar="VMAFX_SOCKET",
            default="daemon.sock in the state folder",
            help="The unix socket, by which this user may have any file read.",
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessOptions:
    """Who may use a daemon, and what for; the fields are the options."""

    root: Annotated[
        list[Path] | None,
        option(
            "--root",
            panel=panels.ACCESS,
            metavar="FOLDER",
            envvar="VMAFX_SCORING_ROOTS",
            exists=True,
            file_okay=False,
            default="none but by the socket",
            help="Let requests name files in here; repeatable.",
        ),
    ] = None
    url_host: Annotated[
        list[str] | None,
        option(
            "--url-host",
            panel=panels.ACCESS,
            metavar="HOST",
            envvar="VMAFX_URL_HOSTS",
            default="all with public addresses",
            help="Let URLs of requests lead here alone, with * for any characters; repeatable.",
        ),
    ] = None
    token_file: TokenFile = None
    tls_cert: Annotated[
        Path | None,
        option(
            "--tls-cert",
            panel=panels.ACCESS,
            metavar="FILE.pem",
            envvar="VMAFX_TLS_CERT",
            default="no TLS",
            help="The certificate to speak TLS with.",
        ),
    ] = None
    tls_key: Annotated[
        Path | None,
        option(
            "--tls-key",
            panel=panels.ACCESS,
            metavar="FILE.pem",
            envvar="VMAFX_TLS_KEY",
            help="Its private key.",
        ),
    ] = None
    client_ca: Annotated[
        Path | None,
        option(
            "--client-ca",
            panel=panels.ACCESS,
            metavar="FILE.pem",
            envvar="VMAFX_CLIENT_CA",
            help="Let in only callers with a certificate of these authorities.",
        ),
    ] = None

    def settings(self, state: Path) -> AccessSettings:
        """The settings.

        Args:
            state: The state folder.
        """
        return AccessSettings(
            token_file=(self.token_file or state / "tokens").absolute(),
            certificate=_absolute(self.tls_cert),
            key=_absolute(self.tls_key),
            client_authority=_absolute(self.client_ca),
            roots=tuple(root.absolute() for root in self.root or ()),
            hosts=tuple(self.url_host or ()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitOptions:
    """How much a daemon takes on; the fields are the options."""

    workers: Annotated[
        int | None,
        option(
            "--workers",
            panel=panels.LIMITS,
            metavar="N",
            envvar="VMAFX_WORKERS",
            min=1,
            default="one for every two CPUs",
            help="Jobs at once.",
        ),
    ] = None
    worker_memory: Annotated[
        int | None,
        option(
            "--worker-memory",
            panel=panels.LIMITS,
            metavar="BYTES",
            envvar="VMAFX_WORKER_MEMORY",
            parser=values.byte_size,
            default="a share of the machine's",
            help="Memory of a worker: 2G, 800M.",
        ),
    ] = None
    streams: Annotated[
        int,
        option(
            "--streams",
            panel=panels.LIMITS,
            metavar="N",
            envvar="VMAFX_STREAMS",
            min=1,
            show_default=True,
            help="Streams that are scored at once; others wait.",
        ),
    ] = _LIMITS.streams
    queue: Annotated[
        int,
        option(
            "--queue",
            panel=panels.LIMITS,
            metavar="N",
            envvar="VMAFX_QUEUE",
            min=1,
            show_default=True,
            help="Jobs that may wait.",
        ),
    ] = _LIMITS.queue
    job_timeout: Annotated[
        float,
        option(
            "--job-timeout",
            panel=panels.LIMITS,
            metavar="TIME",
            envvar="VMAFX_JOB_TIMEOUT",
            parser=values.positive_seconds,
            default="6 hours",
            help="How long one attempt of a job may take.",
        ),
    ] = _LIMITS.job_seconds
    attempts: Annotated[
        int,
        option(
            "--attempts",
            panel=panels.LIMITS,
            metavar="N",
            envvar="VMAFX_ATTEMPTS",
            min=1,
            show_default=True,
            help="How often a job may be begun whose worker is lost.",
        ),
    ] = _LIMITS.attempts
    keep_days: Annotated[
        float,
        option(
            "--keep-days",
            panel=panels.LIMITS,
            metavar="N",
            envvar="VMAFX_KEEP_DAYS",
            min=0,
            show_default=True,
            help="How long ended jobs are kept.",
        ),
    ] = _LIMITS.keep_days
    keep_size: Annotated[
        int,
        option(
            "--keep-size",
            panel=panels.LIMITS,
            metavar="BYTES",
            envvar="VMAFX_KEEP_SIZE",
            parser=values.byte_size,
            default="10G",
            help="How much they may take up.",
        ),
    ] = _LIMITS.keep_bytes

    def settings(self) -> LimitSettings:
        """The settings."""
        return LimitSettings(
            workers=self.workers,
            worker_memory=self.worker_memory,
            streams=self.streams,
            queue=self.queue,
            job_seconds=self.job_timeout,
            attempts=self.attempts,
            keep_days=self.keep_days,
            keep_bytes=self.keep_size,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonOptions:
    """How a daemon runs; the fields are the options."""

    state_dir: StateDir = None
    database: Annotated[
        str | None,
        option(
            "--database",
            panel=panels.RUNNING,
            metavar="URL",
            envvar="VMAFX_DB_DSN",
            default="SQLite in the state folder",
            help="Where jobs are kept: postgresql://USER@HOST/NAME.",
        ),
    ] = None
    log_level: Annotated[
        LogLevel,
        option(
            "--log-level",
            panel=panels.RUNNING,
            envvar="VMAFX_LOG_LEVEL",
            show_default=True,
            help="How much to log.",
        ),
    ] = LogLevel.INFO
    log_format: Annotated[
        LogFormat,
        option(
            "--log-format",
            panel=panels.RUNNING,
            envvar="VMAFX_LOG_FORMAT",
            default="text on a terminal, otherwise json",
            help="How to write it.",
        ),
    ] = LogFormat.AUTO
    drain: Annotated[
        float,
        option(
            "--drain",
            panel=panels.RUNNING,
            metavar="TIME",
            envvar="VMAFX_DRAIN",
            parser=values.seconds,
            default="30",
            help="How long running jobs may go on when it is told to stop.",
        ),
    ] = 30.0

    def settings(
        self, listening: ListeningOptions, access: AccessOptions, limits: LimitOptions
    ) -> Settings:
        """All settings of a daemon."""
        state = state_dir(self.state_dir)
        return Settings(
            state=state,
            socket=(listening.socket or state / "daemon.sock").absolute(),
            host=listening.host,
            grpc_port=listening.grpc_port,
            http_port=listening.http_port,
            database=self.database,
            log_level=self.log_level.value,
            log_format=self.log_format.value,
            drain_seconds=self.drain,
            access=access.settings(state),
            limits=limits.settings(),
        )


def _absolute(path: Path | None) -> Path | None:
    # In the background it has another working folder.
    return path.absolute() if path else None
