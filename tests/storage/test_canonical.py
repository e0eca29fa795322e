"""Signed JSON: one spelling of every value, the one of RFC 8785, held against another implementation of it."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from storage.canonical import NotCanonical, canonical, parse

_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=20,
)
_OBJECTS = st.dictionaries(_TEXT, _VALUES, max_size=5)


@given(_OBJECTS)
@example({"\U00010000": 1, "\ufb33": 2, "\u20ac": 3, "\x7f": 4, '\x00\x1f\b\t\n\f\r"\\/': 5})
def test_what_was_written_is_read_again_in_the_form_of_the_rfc(value: dict[str, Any]) -> None:
    assert canonical(value) == rfc8785.dumps(value)
    assert parse(canonical(value)) == value


@given(_OBJECTS, st.data())
def test_no_other_spelling_of_a_value_is_read(value: dict[str, Any], data: st.DataObject) -> None:
    spaces = data.draw(st.sampled_from([(",", ": "), (", ", ":"), (",", ":")]))
    text = json.dumps(value, ensure_ascii=data.draw(st.booleans()), separators=spaces).encode()
    if text == rfc8785.dumps(value):
        assert parse(text) == value
    else:
        with pytest.raises(NotCanonical):
            parse(text)


_REFUSED = (
    *(b"", b"1", b"[]", b'"a"', b"{", b"{}\n", b" {}", b"\xef\xbb\xbf{}", '{"a":1}'.encode("utf-16")),
    *(b'{"a":1.0}', b'{"a":1e2}', b'{"a":NaN}', b'{"a":Infinity}', b'{"a":-0}', b'{"a":9007199254740992}'),
    *(b'{"a":1,"a":1}', b'{"b":1,"a":1}', b'{"a":"\\u0041"}', b'{"a":"\\/"}', b'{"a":"\\ud800"}'),
    *(b'{"a":"\xed\xa0\x80"}', b'{"a":"\xff"}', '{"\ufb33":2,"\U00010000":1}'.encode()),
    b'{"a":1' + b"0" * 5000 + b"}",
    b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"a":"\xf0\x9f\x98\x80","b":' + b"[" * 900 + b"]" * 900 + b"}}",
)


@pytest.mark.parametrize("text", _REFUSED)
def test_what_is_not_canonical_is_refused(text: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse(text)


@pytest.mark.parametrize("value", [{"a": 0.5}, {"a": [1.0]}, {"a": {"b": float("nan")}}, {"a": 2**53}, {"a": "\ud800"}])
def test_what_json_cannot_hold_alike_everywhere_is_not_written(value: dict[str, Any]) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)
