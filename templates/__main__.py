"""The room's own door: `python -m templates guard|fill|compose|normalise|pdf`, without server, keys or settings."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

from templates.errors import TemplateError
from templates.whole_file import whole_file


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; 0 when done, 1 with a message on stderr when refused or failed, 2 for wrong usage."""
    given = _parser().parse_args(arguments)
    verb: Callable[[argparse.Namespace], None] = given.verb
    try:
        verb(given)
    except TemplateError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"{error.filename or 'output'}: {error.strerror}; next: correct the path or its rights", file=sys.stderr)
    else:
        return 0
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m templates", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    guard = _verb(verbs, "guard", _guard, "check files from outside before anything opens them")
    guard.add_argument("files", type=Path, nargs="+", metavar="FILE")
    fill = _verb(verbs, "fill", _fill, "fill a Word template with the fields of a JSON file")
    for name in ("template", "data", "out"):
        fill.add_argument(name, type=Path)
    compose = _verb(verbs, "compose", _compose, "join Word documents into one volume")
    compose.add_argument("out", type=Path)
    compose.add_argument("parts", type=Path, nargs="+", metavar="PART")
    compose.add_argument("--discard-comments", action="store_true", help="leave comments out instead of stopping")
    compose.add_argument("--check-pages", action="store_true", help="print both to PDF and compare the pages")
    normalise = _verb(verbs, "normalise", _normalise, "leave no trace of author and tool in a file, in place")
    normalise.add_argument("file", type=Path)
    normalise.add_argument("--company", default="", help="the only name that stays in the metadata")
    pdf = _verb(verbs, "pdf", _pdf, "convert Word documents; each PDF lies beside its source")
    pdf.add_argument("files", type=Path, nargs="+", metavar="FILE")
    return parser


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], None],
    text: str,
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=text, description=text)
    parser.set_defaults(verb=run)
    return parser


def _guard(given: argparse.Namespace) -> None:
    from templates import guard

    for file in given.files:
        checked = guard.check(file.name, file)
        print(f"{file}: {checked.kind}, {checked.size} bytes, sha256 {checked.sha256}")


def _fill(given: argparse.Namespace) -> None:
    from templates import fill, guard

    _require_other(given.out, [given.template, given.data])
    guard.check(given.template.name, given.template)
    fill.fill(given.template, _read_fields(given.data), given.out)


def _read_fields(file: Path) -> dict[str, object]:
    """Fields from JSON; numbers with a point become Decimal, as everywhere."""
    try:
        fields = json.loads(file.read_text("utf-8-sig"), parse_float=Decimal)
    except (ValueError, RecursionError) as cause:
        raise TemplateError("{file}: no JSON in UTF-8; next: correct it", file=file.name) from cause
    if not isinstance(fields, dict):
        raise TemplateError(
            "{file}: found a {kind}, expected an object of fields", file=file.name, kind=type(fields).__name__
        )
    return fields


def _compose(given: argparse.Namespace) -> None:
    from templates import compose, guard

    _require_other(given.out, given.parts)
    for part in given.parts:
        guard.check(part.name, part)
    compose.compose(given.parts, given.out, discard_comments=given.discard_comments)
    if given.check_pages:
        from templates.compose.pages import require_all_pages

        pages = require_all_pages([part.read_bytes() for part in given.parts], given.out.read_bytes(), given.out.name)
        print(f"{given.out}: {pages} pages, as its parts")


def _normalise(given: argparse.Namespace) -> None:
    from templates import guard, normalise

    kind = guard.check(given.file.name, given.file).kind
    content = given.file.read_bytes()
    if kind == "docx":
        content = normalise.normalise(content, given.company)
    elif kind == "pdf":
        content = normalise.normalise_pdf(content, company=given.company, title="")
    else:
        message = "{file}: found {kind}, expected docx or pdf; next: pictures are cleaned when they are filled in"
        raise TemplateError(message, file=given.file.name, kind=kind)
    with whole_file(given.file) as stream:
        stream.write(content)


def _pdf(given: argparse.Namespace) -> None:
    from templates import guard, pdf

    for file in given.files:
        if (kind := guard.check(file.name, file).kind) != "docx":
            message = "{file}: found {kind}, expected docx; next: print it to PDF with the program that made it"
            raise TemplateError(message, file=file.name, kind=kind)
    made = pdf.to_pdfs([file.read_bytes() for file in given.files], names=[file.name for file in given.files])
    for file, content in zip(given.files, made, strict=True):
        with whole_file(file.with_suffix(".pdf")) as stream:
            stream.write(content)


def _require_other(out: Path, sources: Sequence[Path]) -> None:
    if out.exists() and any(source.exists() and out.samefile(source) for source in sources):
        raise TemplateError("{file}: is read here, expected another name for the result", file=out.name)


if __name__ == "__main__":
    sys.exit(main())
