"""Whatever a file is changed into, only AgeError comes out, and never other content."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.age import (
    AgeError,
    ContextStanza,
    HybridIdentity,
    Identity,
    KeyTextError,
    ScryptIdentity,
    ScryptRecipient,
    X25519Identity,
    armor,
    dearmor,
    decrypt_bytes,
    encrypt_bytes,
    parse_identities,
    parse_identity,
    parse_recipient,
    parse_recipients,
)

EXAMPLES = 10_000 if os.environ.get("TENDERFLOW_FULL") in ("attacks", "1") else 500
"""A sample here; all of them where TENDERFLOW_FULL is attacks or 1."""

X25519, HYBRID = X25519Identity.generate(), HybridIdentity.generate()
KEYS: list[Identity] = [X25519, HYBRID, ScryptIdentity("secret", max_work_factor=4)]
CONTENT = os.urandom(300)
CONTEXT = ContextStanza("t-1", "0" * 32, 1, "technical")
BINARY = [
    encrypt_bytes(CONTENT, [X25519.recipient()], context=CONTEXT),
    encrypt_bytes(CONTENT, [X25519Identity.generate().recipient(), X25519.recipient()]),
    encrypt_bytes(CONTENT, [HYBRID.recipient()]),
    encrypt_bytes(CONTENT, [ScryptRecipient("secret", work_factor=1)]),
]
ARMORED = [armor(file) for file in BINARY]

Mutations = list[tuple[str, int, int, bytes]]
TOKENS = st.sampled_from([b"\n", b"\r\n", b" ", b"=", b"-> ", b"---", b"\n---", b"\0", b"-> x\n\n", b"-> scrypt a 1\n"])
MUTATIONS: st.SearchStrategy[Mutations] = st.lists(
    st.tuples(
        st.sampled_from(["cut", "double", "overwrite", "append"]),
        st.integers(0, 2_500),
        st.integers(0, 80),
        TOKENS | st.binary(max_size=40),
    ),
    min_size=1,
    max_size=4,
)
often = settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def mutate(data: bytes, mutations: Mutations) -> bytes:
    for kind, at, length, written in mutations:
        start = at % (len(data) + 1)
        before, piece, after = data[:start], data[start : start + length], data[start + length :]
        changed = {"cut": b"", "double": piece + piece, "overwrite": written, "append": piece}[kind]
        data = before + changed + after + (written if kind == "append" else b"")
    return data


@often
@given(st.sampled_from(BINARY), MUTATIONS)
def test_a_mutated_file_is_refused_with_age_error_unless_it_is_the_same_file(
    original: bytes, mutations: Mutations
) -> None:
    mutated = mutate(original, mutations)
    try:
        assert decrypt_bytes(mutated, KEYS) == CONTENT
    except AgeError:
        assert mutated != original
    else:
        assert mutated == original


@often
@given(st.sampled_from(ARMORED), MUTATIONS)
def test_a_mutated_armored_file_is_refused_with_age_error_unless_it_holds_the_same_file(
    original: bytes, mutations: Mutations
) -> None:
    mutated = mutate(original, mutations)
    try:
        binary = dearmor(mutated)
        assert decrypt_bytes(binary, KEYS) == CONTENT
    except AgeError:
        assert mutated != original
    else:
        assert binary in BINARY
        assert mutated.split() == original.split()


def test_random_bytes_are_refused_with_age_error() -> None:
    for number in range(EXAMPLES):
        data = (b"age-encryption.org/v1\n" if number % 2 else b"") + os.urandom(number % 700)
        with pytest.raises(AgeError):
            decrypt_bytes(data, KEYS)
        with pytest.raises(AgeError):
            dearmor(data)


@settings(often, max_examples=EXAMPLES // 5)
@given(st.sampled_from([X25519.to_text(), str(X25519.recipient()), HYBRID.to_text(), str(HYBRID.recipient())]),
       st.integers(0, 2_500), st.text(max_size=3))  # fmt: skip
def test_a_mistyped_key_is_refused_without_being_repeated(key: str, at: int, typed: str) -> None:
    start = at % len(key)
    mistyped = key[:start] + typed + key[start + 1 :]
    if mistyped.strip() == key:
        return
    for parse in (parse_identity, parse_recipient, parse_identities, parse_recipients):
        with pytest.raises(KeyTextError) as caught:
            parse(mistyped)
        assert mistyped[20:40] not in str(caught.value)
