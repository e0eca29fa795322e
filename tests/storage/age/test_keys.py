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
