"""Exceptions with a secret in every place where one can sit: nothing of it passes the border to Prefect."""

import json
import subprocess
import traceback
from collections.abc import Callable

import httpx
import pytest
from prefect.concurrency.asyncio import ConcurrencySlotAcquisitionError

from flows.errors import TenderError
from flows.stepping import Interrupted, StepFailed, _attempt, flow_border
from storage.errors import StorageError
from storage.objects import StoreUnreachable

CANARY = "357913.37"


def noted() -> Exception:
    error = ValueError("x")
    error.add_note(CANARY)
    return error


def caused() -> Exception:
    error = RuntimeError("x")
    error.__cause__ = ValueError(CANARY)
    error.__context__ = KeyError(CANARY)
    return error


def grouped() -> Exception:
    return ExceptionGroup(CANARY, [ValueError(CANARY), OSError(2, CANARY, CANARY)])


HOSTILE: list[Callable[[], Exception]] = [
    lambda: ValueError(CANARY),
    lambda: KeyError(CANARY),
    lambda: OSError(2, "no such file", CANARY),
    lambda: UnicodeDecodeError("utf-8", CANARY.encode(), 0, 1, CANARY),
    lambda: json.JSONDecodeError("bad", CANARY, 0),
    lambda: TenderError("price: found {found}", found=CANARY),
    lambda: StorageError("price: found {found}", found=CANARY),
    lambda: subprocess.CalledProcessError(1, ["soffice", CANARY], output=CANARY, stderr=CANARY),
    noted,
    caused,
    grouped,
]


class Book:
    """Stands for the ledger: keeps what would be written."""

    def __init__(self) -> None:
        self.written: list[dict[str, str]] = []
        self.tender, self.ledger = "t-1", self

    def append(self, _type: str, body: dict[str, str], **_: object) -> None:
        self.written.append(body)


def raising(make: Callable[[], Exception]) -> Callable[[], None]:
    def work() -> None:
        secret = CANARY  # a local of the frame, as a debugger or a crash reporter would print it
        raise make() if secret else AssertionError

    return work


@pytest.mark.parametrize("make", HOSTILE)
def test_a_flow_tells_prefect_the_kind_of_an_error_and_nothing_of_its_words(make: Callable[[], Exception]) -> None:
    with pytest.raises(StepFailed) as failed, flow_border("bid", "t-1"):
        raising(make)()
    told = "".join(traceback.format_exception(failed.value)) + repr(failed.value.args)
    assert CANARY not in told
    assert type(make()).__name__ in str(failed.value)


@pytest.mark.parametrize("make", HOSTILE)
def test_a_step_that_sees_a_price_writes_no_value_even_into_the_sealed_ledger(make: Callable[[], Exception]) -> None:
    book = Book()
    failure = _attempt(book, "price-volume", "1", raising(make), secret=True)  # type: ignore[arg-type]
    assert failure is not None
    assert CANARY not in "".join(traceback.format_exception(failure))
    assert CANARY not in json.dumps(book.written)
    assert book.written


def server_answered(status: int) -> httpx.HTTPStatusError:
    request = httpx.Request("POST", "http://prefect/api")
    return httpx.HTTPStatusError(CANARY, request=request, response=httpx.Response(status, request=request))


@pytest.mark.parametrize(
    "error",
    [
        StoreUnreachable(CANARY),
        ConcurrencySlotAcquisitionError(CANARY),
        httpx.ConnectError(CANARY),
        server_answered(503),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_passes_by_waiting_interrupts_a_run_instead_of_failing_it_and_says_no_more(error: Exception) -> None:
    with pytest.raises(Interrupted, match=type(error).__name__) as told, flow_border("bid", "t-1"):
        raise error
    assert CANARY not in "".join(traceback.format_exception(told.value)) + repr(told.value.args)
    assert not isinstance(told.value, Exception)  # by that Prefect knows a crash from a failure


def test_a_request_that_the_server_refuses_fails_the_run() -> None:
    with pytest.raises(StepFailed), flow_border("bid", "t-1"):
        raise server_answered(422)


def test_a_failure_that_cannot_be_recorded_carries_nothing_of_the_first_error() -> None:
    class Away(Book):
        def append(self, *_: object, **__: object) -> None:
            raise StoreUnreachable("the store is away")

    failure = _attempt(Away(), "price-volume", "1", raising(lambda: ValueError(CANARY)), secret=True)  # type: ignore[arg-type]
    assert failure is not None
    assert failure.transient
    assert CANARY not in "".join(traceback.format_exception(failure))
