"""Bech32 (BIP 173) without its length limit, as age writes keys."""

from storage.age.errors import KeyTextError

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_SIZE = 6
MAX_TEXT = 4096
"""Characters; the longest native recipient has about 2,000."""


def encode(prefix: str, data: bytes) -> str:
    """The text of `data` under `prefix`, upper-case if the prefix is."""
    digits = _regroup(data, 8, 5)
    if len(data) * 8 % 5:
        digits.append((data[-1] << (5 - len(data) * 8 % 5)) & 31)
    digits += _checksum(prefix.lower(), digits)
    text = prefix.lower() + "1" + "".join(_ALPHABET[digit] for digit in digits)
    return text.upper() if prefix.isupper() else text


def decode(text: str) -> tuple[str, bytes]:
    """The prefix, as written, and the data of a text. Errors never repeat the text: it may be a secret.

    Raises:
        KeyTextError: mixed case, a foreign character, a wrong checksum, or non-zero padding.
    """
    prefix, mark, body = text.rpartition("1")
    if len(text) > MAX_TEXT or not mark or not prefix or text not in (text.lower(), text.upper()):
        raise KeyTextError("age key: not a Bech32 text in one case")
    digits = [_VALUES.get(character, -1) for character in body.lower()]
    if -1 in digits or len(digits) < _CHECKSUM_SIZE or not prefix.isascii():
        raise KeyTextError("age key: a character that Bech32 does not use, or too short")
    if _polymod(_expand(prefix.lower()) + digits) != 1:
        raise KeyTextError("age key: the checksum is wrong; next: copy the whole key again")
    return prefix, _to_bytes(digits[:-_CHECKSUM_SIZE])


def _to_bytes(digits: list[int]) -> bytes:
    spare = len(digits) * 5 % 8
    if spare >= 5 or (digits and digits[-1] & ((1 << spare) - 1)):
        raise KeyTextError("age key: its padding is not zero")
    return bytes(_regroup(digits, 5, 8))


def _regroup(values: bytes | list[int], width: int, new_width: int) -> list[int]:
    """Splits the bits of `values` anew, leaving out an incomplete last group."""
    held, bits, groups = 0, 0, []
    for value in values:
        held, bits = (held << width) | value, bits + width
        while bits >= new_width:
            bits -= new_width
            groups.append(held >> bits)
            held &= (1 << bits) - 1
    return groups


def _checksum(prefix: str, digits: list[int]) -> list[int]:
    value = _polymod(_expand(prefix) + digits + [0] * _CHECKSUM_SIZE) ^ 1
    return [(value >> 5 * (5 - index)) & 31 for index in range(_CHECKSUM_SIZE)]


def _expand(prefix: str) -> list[int]:
    return [ord(character) >> 5 for character in prefix] + [0] + [ord(character) & 31 for character in prefix]


def _polymod(values: list[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for index, generator in enumerate(_GENERATOR):
            checksum ^= generator if (top >> index) & 1 else 0
    return checksum
