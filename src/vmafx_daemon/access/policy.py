"""Who a caller is, and what it may ask for."""

from collections.abc import Iterable

from vmafx_core.errors import VmafxError
from vmafx_daemon.access.caller import Caller, Role
from vmafx_daemon.access.encoding import check_options
from vmafx_daemon.access.peer import Peer
from vmafx_daemon.access.places import Places
from vmafx_daemon.access.shapes import check_input, check_length, check_score, check_shape
from vmafx_daemon.access.tokens import Tokens
from vmafx_daemon.errors import DeniedError, UnknownCallerError
from vmafx_daemon.scoring.pairs import stream_task, task_of
from vmafx_daemon.settings import AccessSettings, LimitSettings
from vmafx_rpc.messages import controller, encode, scoring, task

_BEARER = "bearer "
# Whoever is not the owner.
_ANYBODY = Caller("anybody", Role.WRITE)
# The organizational unit of certificates that allow no more than reading.
_READERS = "read"


class Policy:
    """Decides about every request.

    Args:
        access: Who may do what.
        limits: How much there may be.

    Raises:
        UsageError: The file of tokens cannot be used.
    """

    def __init__(self, access: AccessSettings, limits: LimitSettings) -> None:
        self._pixels = limits.frame_pixels
        self._places = Places(access)
        self._tokens = Tokens(access.token_file)
        self._certified = access.client_authority is not None

    def authenticate(self, authorization: str | None, peer: Peer) -> Caller:
        """Find out who calls.

        The unix socket is this user's own. All others need a token or a certificate, once there
        are tokens or certificates are asked for; before, those on this machine need none.

        Args:
            authorization: What the request says of itself: "Bearer TOKEN".
            peer: Where it comes from.

        Raises:
            UnknownCallerError: It has not said who it is, or wrongly.
        """
        if peer.socket:
            return Caller("socket owner", Role.WRITE, owner=True)
        if authorization is not None and self.wants_tokens():
            return self._bearer(authorization)
        if peer.subject:
            role = Role.READ if _READERS in peer.units else Role.WRITE
            return Caller(peer.subject, role)
        if peer.near and not self._certified and not self.wants_tokens():
            return Caller(peer.address, Role.WRITE)
        raise UnknownCallerError("a token is needed here", "Send it as a bearer token.")

    def wants_tokens(self) -> bool:
        """Whether there are tokens, so that who has neither one nor a certificate is nobody."""
        try:
            return self._tokens.wanted
        except VmafxError:
            return True

    def require(self, caller: Caller, role: Role) -> None:
        """Refuse what a caller may not do.

        Raises:
            DeniedError: Its role does not include `role`.
        """
        if caller.role < role:
            raise DeniedError(
                f"{caller.name} may only read", f"A token of the role {role.name.lower()} may."
            )

    def check_spec(self, spec: controller.JobSpec, caller: Caller) -> None:
        """Refuse a job that a caller may not have done, and confine what it may have.

        May wait for a disk or a name server. Inputs of callers that may not name any file become
        `confined`, those of others not. A pair is put down at length.

        Raises:
            VmafxError: Saying which field, place or option is not allowed.
        """
        check_length(spec)
        if spec.HasField("pair"):
            spec.score.CopyFrom(task_of(spec.pair))
        check_shape(spec, self._pixels)
        if spec.HasField("score"):
            self._check_inputs((spec.score.reference, *spec.score.distorted), caller)
            self._check_models(spec.score.models, caller)
        else:
            self._check_inputs((spec.encode.source,), caller)
            self._check_models(spec.encode.measuring.models, caller)
            self._check_encoder(spec.encode.setting, caller)

    def check_again(self, spec: controller.JobSpec) -> None:
        """Refuse a stored job of a caller that may not name any file, if it leads elsewhere by now.

        Raises:
            VmafxError: As `check_spec` does.
        """
        self.check_spec(spec, _ANYBODY)

    def check_source(self, source: task.Input, caller: Caller) -> None:
        """Likewise of one video that is to be looked at, which becomes `confined` or not.

        Raises:
            VmafxError: As `check_spec` does.
        """
        check_length(source)
        check_input("input", source, self._pixels)
        self._check_inputs((source,), caller)

    def check_upload(self, score: task.ScoreTask, caller: Caller) -> None:
        """Likewise of a score whose videos are read through the client, and so named by it."""
        check_length(score)
        check_score(score, self._pixels)
        for given in (score.reference, *score.distorted):
            given.confined = True
        self._check_models(score.models, caller)

    def check_stream(self, config: scoring.StreamConfig, caller: Caller) -> None:
        """Likewise of a stream of pairs; the form of its pictures is no business of this."""
        check_length(config)
        score = stream_task(config)
        check_score(score, self._pixels)
        self._check_models(score.models, caller)

    def _bearer(self, authorization: str) -> Caller:
        secret = authorization[len(_BEARER) :].strip()
        known = authorization.lower().startswith(_BEARER)
        try:
            token = self._tokens.find(secret) if known else None
        except VmafxError:
            token = None  # the file has become unusable, so that no token is right
        if token is None:
            raise UnknownCallerError("the token is wrong", "Ask for another one.")
        return Caller(token.name, token.role)

    def _check_inputs(self, inputs: Iterable[task.Input], caller: Caller) -> None:
        for given in inputs:
            self._places.check(given.location, anywhere=caller.owner)
            given.confined = not caller.owner

    def _check_models(self, models: Iterable[task.ModelSpec], caller: Caller) -> None:
        for model in models:
            if model.path:
                self._places.check(model.path, anywhere=caller.owner)

    def _check_encoder(self, setting: encode.EncodeSetting, caller: Caller) -> None:
        if not caller.owner:
            check_options((option.name, option.value) for option in setting.options)


def name_of(spec: controller.JobSpec) -> str:
    """The first place that a job names."""
    match spec.WhichOneof("kind"):
        case "score":
            return spec.score.reference.location
        case "encode":
            return spec.encode.source.location
    return spec.pair.reference


def is_confined(spec: controller.JobSpec) -> bool:
    """Whether a job that was checked is of a caller that may not name any file."""
    first = spec.score.reference if spec.HasField("score") else spec.encode.source
    return first.confined
