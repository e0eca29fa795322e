"""Keys and contents that the tests of age files share."""

from collections.abc import Callable

import pytest

from storage.age import AgeError, ContextStanza, X25519Identity, decrypt_bytes, generate_identity


@pytest.fixture(scope="session")
def identity() -> X25519Identity:
    return generate_identity()


@pytest.fixture(scope="session")
def context() -> ContextStanza:
    return ContextStanza("agv-2024", "9f" * 16, 3, "price")


@pytest.fixture(scope="session")
def opens(identity: X25519Identity, context: ContextStanza) -> Callable[[bytes], bool]:
    """Whether a file is accepted; any other error than AgeError fails the test."""

    def accepted(data: bytes) -> bool:
        try:
            decrypt_bytes(data, [identity], expect_context=context)
        except AgeError:
            return False
        return True

    return accepted
