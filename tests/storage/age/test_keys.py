"""Keys as text: what is accepted, what is refused, and that secrets do not show."""

from collections.abc import Callable

import pytest

from storage.age import (
    HybridIdentity,
    KeyTextError,
    X25519Identity,
    generate_identity,
    parse_identities,
    parse_identity,
    parse_recipient,
    parse_recipients,
)

Make = Callable[[], X25519Identity | HybridIdentity]

# From the text of the specification, c2sp.org/age
IDENTITY = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
RECIPIENT = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
HYBRID_IDENTITY = "AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR"
HYBRID_RECIPIENT_START = "age1pq1x34nzsvr0rxjsgdn8zgyhfe8j7ceq5r9rdelkjuh3y235jzxshfg87pzf5zrqtzdxz95paef6caq5"
HYBRID_RECIPIENT_END = "aeq0d3fzv49zc0k"  # the last six characters are the checksum of all 1,959


def test_the_keys_of_the_specification_parse_and_print_the_same() -> None:
    identity = parse_identity(IDENTITY)
    assert identity.to_text() == IDENTITY
    assert str(identity.recipient()) == RECIPIENT
    assert parse_recipient(RECIPIENT) == identity.recipient()


def test_the_post_quantum_keys_of_the_specification_parse_and_print_the_same() -> None:
    identity = parse_identity(HYBRID_IDENTITY)
    recipient = str(identity.recipient())
    assert identity.to_text() == HYBRID_IDENTITY
    assert recipient.startswith(HYBRID_RECIPIENT_START)
    assert recipient.endswith(HYBRID_RECIPIENT_END)
    assert parse_recipient(recipient) == identity.recipient()


@pytest.mark.parametrize("make", [generate_identity, HybridIdentity.generate])
def test_new_keys_differ_and_survive_their_text(make: Make) -> None:
    first, second = make(), make()
    assert first.recipient() != second.recipient()
    assert parse_identity(first.to_text()).recipient() == first.recipient()


@pytest.mark.parametrize("make", [generate_identity, HybridIdentity.generate])
def test_a_secret_does_not_show_when_its_identity_is_printed(
    make: Make,
) -> None:
    identity = make()
    assert identity.to_text()[-20:].lower() not in f"{identity} {identity!r} {[identity]}".lower()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "age1",
        RECIPIENT.upper(),
        RECIPIENT[:-1],
        RECIPIENT + "q",
        RECIPIENT.replace("age1", "age2"),
        RECIPIENT[:20] + RECIPIENT[20:].upper(),
        RECIPIENT + "\n",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGhvc3Q",
        IDENTITY,
        "é" + RECIPIENT,
        "age1" + "q" * 5_000,
    ],
)
def test_a_text_that_is_no_recipient_is_refused(text: str) -> None:
    with pytest.raises(KeyTextError):
        parse_recipient(text)


@pytest.mark.parametrize("text", ["", IDENTITY.lower(), IDENTITY[:-1], RECIPIENT, IDENTITY.replace("GFP", "gfp")])
def test_a_text_that_is_no_identity_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(KeyTextError) as caught:
        parse_identity(text)
    assert "GFPYYSJZ" not in str(caught.value).upper()


def checksummed(prefix: str, digits: list[int]) -> str:
    """A Bech32 text with a right checksum over any 5-bit digits, written after BIP 173 and apart from our own."""

    def polymod(values: list[int]) -> int:
        checksum = 1
        for value in values:
            top, checksum = checksum >> 25, (checksum & 0x1FFFFFF) << 5 ^ value
            for bit, term in enumerate([0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3]):
                checksum ^= term * (top >> bit & 1)
        return checksum

    expanded = [ord(x) >> 5 for x in prefix] + [0] + [ord(x) & 31 for x in prefix]
    sum_ = polymod(expanded + digits + [0] * 6) ^ 1
    everything = digits + [sum_ >> 5 * (5 - place) & 31 for place in range(6)]
    return prefix + "1" + "".join("qpzry9x8gf2tvdw0s3jn54khce6mua7l"[digit] for digit in everything)


def test_a_right_checksum_does_not_make_a_recipient_of_wrong_length_or_padding() -> None:
    zeros = [0] * 52  # 32 bytes and four bits of padding
    assert parse_recipient(checksummed("age", zeros)).public == bytes(32)
    assert parse_recipient(checksummed("age1pq", [0] * 1_946)).public == bytes(1_216)
    wrong = {
        "padding that is not zero": [*zeros[:-1], 1],
        "31 bytes": [0] * 50,
        "33 bytes": [0] * 53,
        "a whole digit of padding after the 1,216 bytes of a post-quantum key": [0] * 1_947,
        "no bytes": [],
        "5,000 characters": [0] * 5_000,
    }
    for digits in wrong.values():
        for prefix in ("age", "age1pq", "age-secret-key-", "age-secret-key-pq-"):
            text = checksummed(prefix, digits)
            with pytest.raises(KeyTextError):
                parse_recipient(text)
            with pytest.raises(KeyTextError):
                parse_identity(text.upper())


def test_a_text_far_longer_than_any_key_is_refused_before_its_checksum_is_worked_out() -> None:
    with pytest.raises(KeyTextError, match="not a Bech32 text"):
        parse_recipient(checksummed("age", [0] * 5_000))


def test_key_files_have_comments_and_empty_lines() -> None:
    text = f"# created: today\n# public key: {RECIPIENT}\n\n{IDENTITY}\r\n{HYBRID_IDENTITY}\n"
    assert [key.to_text() for key in parse_identities(text)] == [IDENTITY, HYBRID_IDENTITY]
    assert parse_recipients(f"{RECIPIENT}\n#\n{RECIPIENT}") == [parse_recipient(RECIPIENT)] * 2


def test_a_wrong_line_of_a_key_file_is_named_by_its_number_only() -> None:
    with pytest.raises(KeyTextError, match="line 3") as caught:
        parse_identities(f"{IDENTITY}\n\n{IDENTITY[:-2]}\n")
    assert "GFPYYSJZ" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "# nothing\n\n"])
def test_a_key_file_without_a_key_is_refused(text: str) -> None:
    with pytest.raises(KeyTextError):
        parse_identities(text)
