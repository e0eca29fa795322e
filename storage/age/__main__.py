"""`python -m storage.age`: seals and opens files with the flags of the `age` program."""

import argparse
import contextlib
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from storage.age.armor import BEGIN, MAX_SPACE, ArmorReader, ArmorWriter, is_armored
from storage.age.errors import AgeError, RecipientsError
from storage.age.hybrid import HybridIdentity
from storage.age.keytext import parse_identities, parse_recipient, parse_recipients
from storage.age.opening import OpenedReader, decrypt
from storage.age.recipients import Identity, Recipient
from storage.age.scrypt import ScryptRecipient
from storage.age.sealing import encrypt
from storage.age.source import Readable, Source
from storage.age.terminal import AskedIdentity, ask_new_passphrase
from storage.age.wholefile import whole_file
from storage.age.x25519 import X25519Identity

MAX_KEY_FILE = 1024 * 1024
_EPILOG = """\
INPUT defaults to standard input, OUTPUT to standard output. An OUTPUT file appears only once it is whole.
Exit status: 0 done, 1 refused or failed, 2 wrong usage.

example:
  age-keygen -o key.txt
  python -m storage.age -r age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p -o offer.age offer.json
  python -m storage.age --decrypt -i key.txt -o offer.json offer.age
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        _check(options)
        with _input(options.input) as source, _output(options.output) as target:
            (_open if options.decrypt else _seal)(options, source, target)
    except AgeError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"{error.filename or 'input or output'}: {error.strerror}")
    except KeyboardInterrupt:
        return _fail("interrupted")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m storage.age",
        description="Seals and opens files in the age v1 format.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("-e", "--encrypt", action="store_true", help="encrypt the input; the default")
    mode.add_argument("-d", "--decrypt", action="store_true", help="decrypt the input")
    parser.add_argument("-o", "--output", metavar="OUTPUT", default="-", help="write the result to this file")
    parser.add_argument("-a", "--armor", action="store_true", help="encrypt to a PEM encoded format")
    parser.add_argument("-p", "--passphrase", action="store_true", help="encrypt with a passphrase, asked for")
    for flag, name, help_text in (
        ("-r", "--recipient", "encrypt to this recipient, age1…; may be repeated"),
        ("-R", "--recipients-file", "encrypt to the recipients listed in this file; may be repeated"),
        ("-i", "--identity", "decrypt with the keys of this file, or encrypt to them with -e; may be repeated"),
    ):
        metavar = "RECIPIENT" if flag == "-r" else "PATH"
        parser.add_argument(flag, name, action="append", default=[], metavar=metavar, help=help_text)
    parser.add_argument("input", metavar="INPUT", nargs="?", default="-")
    return parser


def _check(options: argparse.Namespace) -> None:
    """The combinations that `age` refuses, too."""
    given = bool(options.recipient or options.recipients_file)
    if options.decrypt and (given or options.armor or options.passphrase):
        raise RecipientsError("-r, -R, -a and -p cannot be used with -d: the file itself says how it was sealed")
    if options.passphrase and (given or options.identity):
        raise RecipientsError("-p cannot be combined with -r, -R or -i")
    if not options.decrypt and options.identity and not options.encrypt:
        raise RecipientsError("-i seals to the recipients of these keys only with -e; did you forget -d?")
    if not options.decrypt and not (given or options.passphrase or options.identity):
        raise RecipientsError("no recipients; next: give -r, -R or -p, or -d to decrypt")
    if [options.input, *options.recipients_file, *options.identity].count("-") > 1:
        raise RecipientsError("standard input can be used for one thing only")


def _seal(options: argparse.Namespace, source: BinaryIO, target: BinaryIO) -> None:
    recipients = _recipients(options)
    if not options.armor and target.isatty():
        raise AgeError("not writing binary to a terminal; next: give -o, or -a for text")
    if not options.armor:
        return encrypt(source, target, recipients)
    writer = ArmorWriter(target)
    encrypt(source, writer, recipients)
    return writer.close()


def _open(options: argparse.Namespace, source: BinaryIO, target: BinaryIO) -> None:
    identities: list[Identity] = [key for path in options.identity for key in _identities(path)]
    decrypt(_without_armor(source), target, identities or [AskedIdentity()])


def _recipients(options: argparse.Namespace) -> list[Recipient]:
    if options.passphrase:
        return [ScryptRecipient(ask_new_passphrase())]
    recipients: list[Recipient] = [parse_recipient(text) for text in options.recipient]
    for path in options.recipients_file:
        recipients += parse_recipients(_read_key_file(path).decode("utf-8", "replace"))
    for path in options.identity:
        recipients += [key.recipient() for key in _identities(path)]
    return recipients


def _identities(path: str) -> list[X25519Identity | HybridIdentity]:
    """The keys in a file, which may itself be sealed to a passphrase."""
    content = _read_key_file(path)
    if content.startswith(b"age-encryption.org/") or is_armored(content):
        content = OpenedReader(_without_armor(io.BytesIO(content)), [AskedIdentity()]).readall()
    return parse_identities(content.decode("utf-8", "replace"))


def _read_key_file(path: str) -> bytes:
    with _input(path) as source:
        content = source.read(MAX_KEY_FILE + 1)
    if len(content) > MAX_KEY_FILE:
        raise AgeError("{path}: longer than {limit} bytes, no key file", path=path, limit=MAX_KEY_FILE)
    return content


def _without_armor(source: BinaryIO) -> Readable:
    ahead = Source(source)
    start = memoryview(bytearray(MAX_SPACE + len(BEGIN)))
    beginning = bytes(start[: ahead.fill(start)])
    ahead.hand_back(beginning)
    return ArmorReader(ahead) if is_armored(beginning) else ahead


@contextlib.contextmanager
def _input(path: str) -> Iterator[BinaryIO]:
    if path == "-":
        yield sys.stdin.buffer
    else:
        with open(path, "rb") as source:
            yield source


@contextlib.contextmanager
def _output(path: str) -> Iterator[BinaryIO]:
    if path != "-":
        with whole_file(Path(path)) as target:
            yield target
    else:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()


def _fail(reason: str) -> int:
    print(f"age: error: {reason}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
