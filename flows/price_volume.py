"""The flow of the pricing pool: the only one that opens a price. Makes keys, price volume, checks and final package."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from prefect import flow

from flows import i18n, runs
from flows.acts import submission_right
from flows.acts.offering import checked_offer
from flows.acts.packing import pack_lot
from flows.acts.price_approval import commit, seal_approval
from flows.acts.price_keys import let_signers_in, make_price_keys, open_proposals
from flows.case import Case
from flows.drafts import seal_volume
from flows.errors import TenderError
from flows.stepping import flow_border, run_step
from flows.steps import checks, procedure
from flows.steps.checks.report import to_html
from flows.steps.checks.report_word import to_word
from flows.steps.checks.residue import terms_of
from flows.steps.fields import fields_of
from flows.steps.notice import DOCX
from flows.steps.price import PriceOffer
from flows.steps.procedure import State
from flows.wiring import open_case
from storage.manifest import Manifest
from storage.name_index import NameIndex
from templates import catalogue


class GateClosed(TenderError):
    """A step was asked for before the decision that it needs."""


@flow(name="price-volume", flow_run_name="{tender_id}:{steps}", persist_result=False, log_prints=False)
def price_volume(tender_id: str, steps: str) -> None:
    """Do the steps that see a price, for every open lot, then let the bid run go on.

    Args:
        tender_id: The id of the tender.
        steps: Names of steps joined by `+`, see `STEPS`.
    """
    with flow_border("price-volume", tender_id):
        case = open_case(tender_id, worker="pricing")
        for step in steps.split("+"):
            for lot in ["-"] if step in OF_THE_TENDER else case.lots():
                run_step(case, step, lot, partial(STEPS[step], case, lot), secret=True)
        runs.nudge(tender_id)


def write_price_volume(case: Case, lot: str) -> None:
    """Write every volume that carries the price, after the pricing group's decision; let the reviewers open it."""
    _require_before(case, "price-volume", lot)
    offer = checked_offer(case, lot)
    into = procedure.inputs("price-volume", lot, case.facts().manifests)
    template_set = catalogue.load(case.record.set)

    def work() -> list[Manifest]:
        fields = template_set.complete(fields_of(case.with_clauses(lot), lot, template_set.language, offer=offer))
        volumes = [volume for volume in template_set.volumes if volume.compartment == "price"]
        written = [m for volume in volumes for m in seal_volume(case, lot, volume, fields, into)]
        return [*written, seal_approval(case, lot, offer, into), commit(case, lot, offer, into)]

    case.once("price-volume", lot, into, work)
    case.keyrings.change("price", add=case.recipients(*case.named("reviewer")), reason="price decided: final review")


def check_lot(case: Case, lot: str) -> None:
    """Run the rejection rules over the whole bid of a lot; the report is sealed, the event carries ids and counts."""
    into = procedure.inputs("checks", lot, case.facts().manifests)
    key = procedure.step_key("checks-report", lot, into)

    def work() -> list[Manifest]:
        report = checks.run(_bid_under_check(case, lot))
        sealed = [
            case.vault.seal("price", f"checks/{lot}/report.{kind}", data, media_type=media, step_key=f"{key}/{kind}")
            for kind, data, media in _forms_of(case, lot, report)
        ]
        body = {
            "report": sealed[0].digest,
            "counts": report.counts(),
            "fails": report.failed_rules(),
            "humans": report.human_rules(),
        }
        case.ledger.append("checks.done", body, key=f"checks-done/{lot}/{sealed[0].digest}", lot=lot)
        return sealed

    case.once("checks", lot, into, work)


def _forms_of(case: Case, lot: str, report: checks.CheckReport) -> list[tuple[str, bytes, str]]:
    """Return the report for machines, for the screen and for paper, the latter two in the language of the bid."""
    say = i18n.chinese if catalogue.load(case.record.set).language.startswith("zh") else str
    title = say("Check report: {folder}").format(folder=f"{case.tender} {lot}")
    return [
        ("json", report.to_json().encode(), "application/json"),
        ("html", to_html(report, title, say).encode(), "text/html"),
        ("docx", to_word(report, title, say), DOCX),
    ]


def make_package(case: Case, lot: str) -> None:
    """Pack exactly the reviewed documents; seal them apart, to be opened by the submitter alone (art. 3.4)."""
    _require_before(case, "package", lot)
    pack_lot(case, lot)


STEPS: dict[str, Callable[[Case, str], None]] = {
    "price-keys": make_price_keys,
    "proposals": open_proposals,
    "authority": let_signers_in,
    "price-volume": write_price_volume,
    "checks": check_lot,
    "package": make_package,
    "end-right": submission_right.end,
}


OF_THE_TENDER = ("price-keys", "end-right")
"""Steps that are done once for all lots, also when these have ended."""


def _require_before(case: Case, stage: str, lot: str) -> None:
    """Refuse a step unless every stage before it is passed: the pricing pool does not take the bid run's word."""
    for row in procedure.board([lot], case.facts(), case.record.deadline):
        if row.stage == stage:
            return
        if row.state is not State.PASSED:
            raise GateClosed(
                "Tender {tender}, lot {lot}: {stage} needs {before} passed, found {state} (SJE/ZY/GK-02 art. 3.3); "
                "next: tender show {tender} {before} --lot {lot}",
                tender=case.tender,
                lot=lot,
                stage=stage,
                before=row.stage,
                state=row.state.value,
            )


def _offer(case: Case, lot: str) -> PriceOffer:
    return PriceOffer.from_json(case.read(f"offer/{lot}", purpose="price-volume"))


def _bid_under_check(case: Case, lot: str) -> checks.BidUnderCheck:
    opened = {
        name.rsplit("/", 1)[1]: case.vault.open(m, purpose="checks")
        for name, m in case.manifests(f"draft/{lot}/*").items()
    }
    archived = NameIndex(case.store, case.holder, case.people).read(besides=case.tender)
    return checks.BidUnderCheck(
        record=case.with_clauses(lot),
        lot=lot,
        documents={name.removesuffix(".docx"): data for name, data in opened.items() if name.endswith(".docx")},
        pdfs={name.removesuffix(".pdf"): data for name, data in opened.items() if name.endswith(".pdf")},
        offer=_offer(case, lot),
        now=datetime.now(UTC),
        residue=terms_of(list(archived.tenders.values())),
        residue_unread=archived.unread,
    )
