"""Errors go over the wire by the names of their classes."""

from vmafx_core.errors import InputError, UnknownNameError, UsageError, VmafxError, WorkError
from vmafx_rpc import messages
from vmafx_rpc.failures import error_from_message, error_to_message


def test_an_error_comes_back_as_it_was() -> None:
    for error in (InputError("a: no such file", "Check the path."), UnknownNameError("b")):
        back = error_from_message(error_to_message(error))
        assert type(back) is type(error)
        assert (back.message, back.hint) == (error.message, error.hint)


def test_a_class_that_is_not_known_here_becomes_one_with_its_exit_code() -> None:
    message = messages.controller.JobError(error_class="FutureError", message="a", exit_code=2)
    assert type(error_from_message(message)) is UsageError


def test_an_exit_code_that_is_not_known_either_is_a_failure_of_the_work() -> None:
    message = messages.controller.JobError(error_class="FutureError", message="a", exit_code=99)
    back: VmafxError = error_from_message(message)
    assert type(back) is WorkError
