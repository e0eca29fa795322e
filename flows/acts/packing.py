"""Packs exactly the reviewed documents of a lot, with packing list and labels, for the submitter alone.

SJE/ZY/GK-02 art. 3.4. In the pricing pool, since the package holds the price.
"""

from hashlib import sha256

from flows.acts import submission_right
from flows.case import Case
from flows.steps import procedure
from flows.steps.copies import Copies, PrintedVolume, copies_of, packing_list
from flows.steps.pack_submission import PackedFile, pack
from storage.manifest import Manifest
from templates import catalogue
from templates.pdf import to_pdfs
from templates.pdf_parts import page_count

LIST = "packing-list"
ZIP = "application/zip"


def pack_lot(case: Case, lot: str) -> None:
    """Seal the package of a lot, once per set of reviewed documents, and let the submitter open it."""
    into = procedure.inputs("package", lot, case.facts().manifests)

    def work() -> list[Manifest]:
        key = procedure.step_key("package-file", lot, into)
        submission_right.begin(case, key)
        files = [_final(name, m, case) for name, m in sorted(case.manifests(f"draft/{lot}/*").items())]
        copies = copies_of(case.record)
        if copies is not None:
            files += _packing_list(case, lot, copies, files)
        data = pack(case.tender, lot, files, copies)
        sealed = case.vault.seal(submission_right.COMPARTMENT, f"package/{lot}", data, media_type=ZIP, step_key=key)
        return [sealed]

    case.once("package", lot, into, work)


def _final(name: str, manifest: Manifest, case: Case) -> PackedFile:
    file, data = name.rsplit("/", 1)[1], case.vault.open(manifest, purpose="package")
    return PackedFile(file, manifest.digest, data, page_count(data, file) if file.endswith(".pdf") else None)


def _packing_list(case: Case, lot: str, copies: Copies, files: list[PackedFile]) -> list[PackedFile]:
    """Return packing list and labels as Word and PDF."""
    titles = {f"{volume.id}.pdf": volume.title for volume in catalogue.load(case.record.set).volumes}
    printed = [
        PrintedVolume(file.name, titles.get(file.name, file.name), file.pages, sha256(file.data).hexdigest())
        for file in files
        if file.pages is not None
    ]
    names = {person.id: person.name for person in case.people.persons}
    packer = case.record.people.submitter
    word = packing_list(case.record, lot, copies, printed, names.get(packer) or packer)
    pdf = to_pdfs([word], names=[LIST])[0]
    return [PackedFile(f"{LIST}.docx", "", word), PackedFile(f"{LIST}.pdf", "", pdf, page_count(pdf, LIST))]
