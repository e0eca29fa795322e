"""Commands about keys: identities of people and workers, and the keyrings of a tender's compartments."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.common import As, AsJson, TenderId, example, print_json, print_table, progress
from flows.i18n import _

if TYPE_CHECKING:
    from flows.case import Case

Compartment = Annotated[str, typer.Argument(metavar="COMPARTMENT", help=_("procedure, technical, commercial, price …"))]
Reason = Annotated[str, typer.Option(help=_("Why; it goes into the ledger."))]
Worker = Annotated[str, typer.Option(help=_("Act as this worker (pricing) instead of a person."))]
Person = Annotated[
    str, typer.Option("--as", metavar="PERSON", envvar="TENDERFLOW_PERSON", help=_("Whose keys to use (zhao.min)."))
]


def register(app: typer.Typer) -> None:
    """Add `tender keys …` to the application."""
    keys = typer.Typer(help=_("Identities of people and workers, keyrings of tenders."))
    app.add_typer(keys, name="keys", no_args_is_help=True)
    _identities(keys)
    _keyrings(keys)
    _ending(keys)


def _identities(keys: typer.Typer) -> None:
    @keys.command(
        help=_("Make the two key pairs of a person or worker, protected by a passphrase.")
        + example("tender keys new zhao.min")
    )
    def new(
        name: Annotated[str, typer.Argument(metavar="NAME", help=_("zhao.min, or worker:pricing."))],
        out: Annotated[Path | None, typer.Option("--out", help=_("Folder; default: the keys folder."))] = None,
        work_factor: Annotated[
            int, typer.Option(min=1, max=20, help=_("Cost of guessing the passphrase, as a power of two."))
        ] = 18,
        person: Person = "",
    ) -> None:
        from flows import wiring
        from storage.identity import create_holder
        from storage.people import holder_name

        del person  # keys are made for NAME; the option is there for scripts that pass it to every command
        folder = out or wiring.settings().keys_home / name.replace(":", "-")
        with progress(_("Making keys …")):
            holder = create_holder(folder, holder_name(name), _new_passphrase(name), work_factor=work_factor)
        typer.echo(_("{name}: keys in {folder}").format(name=holder.name, folder=folder))
        typer.echo(holder.recipient)
        typer.echo(holder.ssh_key)

    @keys.command(
        "list",
        help=_("List the keyrings of a tender: version, holders, who changed them and why.")
        + example("tender keys list agv-2024 --as zhao.min"),
    )
    def list_(tender: TenderId, person: As, as_json: AsJson = False) -> None:
        from flows import wiring

        rows = _present(wiring.open_case(tender, person=person))
        if as_json:
            print_json(rows)
            return
        columns = [_("compartment"), _("version"), _("holders"), _("by"), _("reason")]
        cells = [[r["compartment"], r["version"], ", ".join(r["holders"]), r["by"], r["reason"]] for r in rows]
        print_table(_("Keyrings of {tender}").format(tender=tender), columns, cells)


def _keyrings(keys: typer.Typer) -> None:
    @keys.command(
        help=_("Make a new key for a compartment, without some holders if told so, and seal what is live to it again.")
        + example("tender keys rotate agv-2024 technical --reason 'laptop lost' --as zhao.min")
    )
    def rotate(
        tender: TenderId,
        compartment: Compartment,
        reason: Reason,
        without: Annotated[list[str] | None, typer.Option(help=_("A holder to take out (person:li.na)."))] = None,
        person: Person = "",
        worker: Worker = "",
    ) -> None:
        from flows import wiring
        from storage.compartment import Compartments

        case = wiring.open_case(tender, person=person, worker=worker)
        keys_of = Compartments(case.store, case.keyrings, case.ledger, case.vault)
        with progress(_("Sealing again …")):
            if without:
                keyring = keys_of.withdraw(compartment, without, reason=reason)
            else:
                keyring = keys_of.rotate(compartment, reason=reason)
        typer.echo(
            _("{compartment}: keyring version {version}, {recipient}").format(
                compartment=compartment, version=keyring.version, recipient=keyring.recipient
            )
        )

    @keys.command(
        help=_("Let a person into a tender's compartments by their role: someone new, or with new keys.")
        + example("tender keys admit agv-2024 li.na --reason 'new laptop' --as zhao.min")
    )
    def admit(
        tender: TenderId,
        who: Annotated[str, typer.Argument(metavar="WHO", help=_("Id of the person (li.na)."))],
        reason: Reason,
        person: Person = "",
        worker: Worker = "",
    ) -> None:
        from flows import wiring
        from flows.acts import admitting

        case = wiring.open_case(tender, person=person, worker=worker)
        with progress(_("Sealing again …")):
            keyrings = admitting.admit(case, who, reason=reason)
        for keyring in keyrings:
            typer.echo(
                _("{compartment}: keyring version {version}, {recipient}").format(
                    compartment=keyring.compartment, version=keyring.version, recipient=keyring.recipient
                )
            )

    @keys.command(
        "export-rescue",
        help=_("Write a tender's keys, as far as you hold them, sealed to the company's offline rescue key.")
        + example("tender keys export-rescue agv-2024 --to age1… --out rescue/agv-2024.age --as zhao.min"),
    )
    def export_rescue(
        tender: TenderId,
        to: Annotated[str, typer.Option(metavar="RECIPIENT", help=_("The rescue key's public half, age1…"))],
        out: Annotated[Path, typer.Option("--out", "-o", help=_("File to write."))],
        person: Person = "",
        worker: Worker = "",
    ) -> None:
        from flows import wiring
        from storage import age, rescue

        case = wiring.open_case(tender, person=person, worker=worker)
        recipient = age.parse_recipient(to)
        if not isinstance(recipient, age.X25519Recipient):
            raise typer.BadParameter(_("expected a recipient age1… of the kind X25519"))
        out.write_bytes(rescue.export_rescue(case.keyrings, recipient))
        typer.echo(str(out))


def _ending(keys: typer.Typer) -> None:
    @keys.command(
        help=_("Delete a compartment's key for good: nothing of it opens any more, for nobody.")
        + example("tender keys shred agv-2024 technical --reason 'retention over' --confirm agv-2024 --as zhao.min")
    )
    def shred(
        tender: TenderId,
        compartment: Compartment,
        reason: Reason,
        confirm: Annotated[str, typer.Option(metavar="TENDER", help=_("The tender's id once more."))],
        person: Person = "",
        worker: Worker = "",
    ) -> None:
        from flows import wiring
        from storage.compartment import Compartments

        if confirm != tender:
            raise typer.BadParameter(_("--confirm does not repeat the tender's id; nothing was deleted"))
        case = wiring.open_case(tender, person=person, worker=worker)
        keys_of = Compartments(case.store, case.keyrings, case.ledger, case.vault)
        count = keys_of.shred(compartment, reason=reason)
        typer.echo(
            _("{compartment}: {count} keyring versions deleted; backups forget it when they expire.").format(
                compartment=compartment, count=count
            )
        )


def _new_passphrase(name: str) -> str:
    """Read a new passphrase from the file in the settings, or ask for it twice."""
    from flows import wiring

    file = wiring.settings().passphrase_file
    if file is not None:
        return file.read_text("utf-8").rstrip("\r\n")
    text = _("New passphrase of {name}").format(name=name)
    return str(typer.prompt(text, hide_input=True, confirmation_prompt=True))


def _present(case: "Case") -> list[dict[str, Any]]:
    """Return the newest keyring of each compartment, as the ledger has it; the keyrings themselves are not read."""
    events = [*case.ledger.find(type="compartment.created"), *case.ledger.find(type="keyring.changed")]
    newest = {event.body["compartment"]: event for event in sorted(events, key=lambda event: event.seq)}
    gone = {event.body["compartment"] for event in case.ledger.find(type="compartment.shredded")}
    return [
        {**event.body, "by": event.by, "at": event.at.isoformat(), "shredded": name in gone}
        for name, event in sorted(newest.items())
    ]
