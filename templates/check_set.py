"""What is wrong with a template set or a form: faults in the manifest, in its conditions and in every template."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from templates import catalogue, check_template, preview
from templates.catalogue import TemplateSet


@dataclass(frozen=True)
class Fault:
    """One fault: the document (`<volume>/<section>` or a form), its part, paragraph and tag, and what is wrong."""

    document: str
    part: str
    paragraph: str
    tag: str
    message: str


def check(name: str) -> list[Fault]:
    """Return all faults of a set, a set's folder or one of our forms.

    A field is known when the sample data of the set or forms has it.

    Raises:
        SetError: the manifest itself is wrong.
        UnknownName: neither set nor form.
    """
    if name in catalogue.forms():
        known = preview.names(preview.sample(catalogue.FORMS))
        return list(_template_faults(name, catalogue.form(name), known))
    template_set = catalogue.load(name)
    return [*_condition_faults(template_set), *_unused_faults(template_set), *_set_faults(template_set)]


def fields(name: str) -> dict[str, set[str]]:
    """Return the fields that each document of a set or form uses, by document."""
    if name in catalogue.forms():
        return {name: check_template.fields(catalogue.form(name))}
    return {
        f"{volume.id}/{section.id}": check_template.fields(section.template)
        for volume, section in catalogue.load(name).sections()
        if section.template is not None
    }


def _set_faults(template_set: TemplateSet) -> Iterator[Fault]:
    known = preview.names(preview.set_fields(template_set))
    for volume, section in template_set.sections():
        if section.template is not None:
            yield from _template_faults(f"{volume.id}/{section.id}", section.template, known)


def _template_faults(document: str, template: Path, known: set[str]) -> Iterator[Fault]:
    for finding in check_template.check(template, known):
        yield Fault(document, finding.part, finding.paragraph, finding.tag, finding.message)


def _condition_faults(template_set: TemplateSet) -> Iterator[Fault]:
    known = preview.names(preview.set_fields(template_set))
    for volume, section in template_set.sections():
        if section.when is not None and section.when not in known:
            message = f"unknown field {section.when}; next: correct the condition"
            yield Fault(f"{volume.id}/{section.id}", "set.toml", "", "when", message)


def _unused_faults(template_set: TemplateSet) -> Iterator[Fault]:
    used = {section.template for _, section in template_set.sections()}
    for file in sorted(template_set.folder.glob("*.docx")):
        if file not in used:
            yield Fault(
                file.name, "set.toml", "", "", "no section uses this file; next: add a section or remove the file"
            )
