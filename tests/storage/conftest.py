"""Fixtures of the storage room: an office with everyone's keys, and a tender opened in it."""

import os
from collections.abc import Callable

import pytest

from storage.objects import ObjectStore
from tests.storage.builders import Office, make_office


@pytest.fixture(scope="session")
def office(store: ObjectStore) -> Office:
    """People and workers with fresh keys, at the run's real object store."""
    return make_office(store)


@pytest.fixture
def tender(office: Office) -> str:
    """A tender just opened: keyrings, first event, price key."""
    return office.open_tender()


@pytest.fixture(scope="session")
def attack_scale() -> Callable[[int, int], int]:
    """How often an attack is tried: a sample by default, all of it with TENDERFLOW_FULL=attacks or 1."""
    full = os.environ.get("TENDERFLOW_FULL") in ("attacks", "1")
    return lambda sample, whole: whole if full else sample
