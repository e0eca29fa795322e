"""The unified social credit code (统一社会信用代码) and its check digit, GB 32100-2015."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


def check_digit(first_seventeen: str) -> str:
    """Return the 18th character for the first seventeen (GB 32100-2015, 5.5)."""
    total = sum(ALPHABET.index(letter) * weight for letter, weight in zip(first_seventeen, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def credit_code_fault(code: str) -> str:
    """Return what a credit code should be when `code` is none, and nothing when it is one."""
    if len(code) != 18 or any(letter not in ALPHABET for letter in code):
        return "a credit code of 18 digits and letters without I, O, S, V, Z (GB 32100)"
    if code[17] != check_digit(code[:17]):
        return "a credit code whose check digit fits (GB 32100)"
    return ""
