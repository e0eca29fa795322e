"""The commands of the price lab: a score what-if without history, and what history says about one lot."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.common import As, AsJson, Lot, TenderId, example, only_lot, print_json, print_table, progress
from flows.i18n import _

if TYPE_CHECKING:
    from flows.steps.market.assess import Answer
    from storage.prices.exports.report import Section

Rule = Annotated[
    str,
    typer.Option("--score", help=_("The tender's formula: 'mean-benchmark weight=0.4 e1=1 e2=0.5 ceiling_share=0.3'.")),
]
Prices = Annotated[str, typer.Option("--price", metavar="LOW:HIGH:STEP", help=_("Our prices."))]
Ceiling = Annotated[str, typer.Option("--ceiling", help=_("The lot's ceiling."))]
Page = Annotated[Path | None, typer.Option("--html", metavar="FILE", help=_("Also write a page with the chart."))]
Local = Annotated[
    Path | None,
    typer.Option("--local", metavar="DIR", help=_("Use the archive in this folder; needs no server and no keys.")),
]


def register(app: typer.Typer) -> None:
    """Add the commands to `tender prices`."""
    _whatif(app)
    _lab(app)
    _memo(app)


def _whatif(app: typer.Typer) -> None:
    @app.command(
        help=_("Our points under the tender's own formula over drawn coefficients and rival prices; needs no history.")
        + example(
            "tender prices whatif --score 'mean-benchmark weight=0.4 e1=1 e2=0.5' "
            "--price 900000:1100000:20000 --rivals 950000,980000,1010000 --drop 0.02:0.06:0.02"
        )
    )
    def whatif(
        score: Rule,
        price: Prices,
        rivals: Annotated[str, typer.Option("--rivals", help=_("Rival prices, or LOW:HIGH:STEP."))],
        drop: Annotated[str, typer.Option("--drop", help=_("Drawn coefficients, or LOW:HIGH:STEP."))] = "",
        ceiling: Ceiling = "",
        html: Page = None,
        as_json: AsJson = False,
    ) -> None:
        from flows.steps.market.sections import whatif_section
        from flows.steps.market.whatif import score_table

        rule = _rule(score)
        drops = _numbers(drop) if drop else [rule.drop]
        found = score_table(rule, _numbers(price), _numbers(rivals), drops, _number(ceiling) if ceiling else None)
        if html:
            _write(html, [whatif_section(found)])
        if as_json:
            print_json([vars(outcome) for outcome in found])
            return
        rows = [[f"{o.price:,}", o.drop, o.points, _("yes") if o.first else _("no")] for o in found]
        print_table("", [_("price"), _("drawn coefficient"), _("points"), _("price comes first")], rows)


def _lab(app: typer.Typer) -> None:
    @app.command(
        help=_("What history says about one lot: chance of winning, expected profit, lowest rival. Never a decision.")
        + example(
            "tender prices lab --company 示例公司 --ceiling 2250000 --cost 1800000 --price 1900000:2200000:50000 "
            "--local prices"
        )
    )
    def lab(
        company: Annotated[str, typer.Option("--company", help=_("Our name, as in the archive."))],
        ceiling: Ceiling,
        price: Prices,
        cost: Annotated[str, typer.Option("--cost", help=_("Our cost of the lot."))],
        rivals: Annotated[str, typer.Option("--rivals", help=_("Names of known rivals, separated by ;"))] = "",
        category: Annotated[str, typer.Option("--category", help=_("Category, as in the archive."))] = "",
        score: Rule = "",
        html: Page = None,
        as_json: AsJson = False,
        local: Local = None,
    ) -> None:
        from flows.cli.prices import open_archive
        from flows.steps.market.assess import Question, assess
        from flows.steps.market.cases import cases
        from flows.steps.market.sections import answer_sections

        rule = _rule(score) if score else None
        asked = Question(
            company, _number(ceiling), tuple(_numbers(price)), _number(cost), category, _names(rivals), rule
        )
        with progress(_("Asking history …")):
            answer = assess(cases(open_archive(local).bids()), asked)
        if html:
            _write(html, answer_sections(answer, asked))
        if as_json:
            counts = {"offers": answer.offers, "lots": answer.lots, "too_few": answer.few}
            print_json({**counts, "points": [vars(p) for p in answer.points]})
            return
        _show(answer)


def _memo(app: typer.Typer) -> None:
    @app.command(
        help=_(
            "Seal a price memo for the pricing group into the price compartment: score and history of one lot. "
            "Cost, ceiling and formula are the tender's own; nothing is decided."
        )
        + example("tender prices memo agv-2024 --as sun.li")
    )
    def memo(
        tender: TenderId,
        person: As,
        lot: Lot = "",
        price: Annotated[
            str, typer.Option("--price", metavar="LOW:HIGH:STEP", help=_("Our prices; else from cost to ceiling."))
        ] = "",
        ceiling: Ceiling = "",
        rival_price: Annotated[str, typer.Option("--rival-price", help=_("Rival prices, or LOW:HIGH:STEP."))] = "",
        drop: Annotated[str, typer.Option("--drop", help=_("Drawn coefficients, or LOW:HIGH:STEP."))] = "",
        rivals: Annotated[str, typer.Option("--rivals", help=_("Names of known rivals, separated by ;"))] = "",
        local: Local = None,
    ) -> None:
        from flows import wiring
        from flows.acts.memo import Wanted, seal_memo
        from flows.cli.prices import open_archive

        numbers = {"prices": price, "rival_prices": rival_price, "drops": drop}
        given = {name: _numbers(text) for name, text in numbers.items() if text}
        wanted = Wanted(**given, ceiling=_number(ceiling) if ceiling else None, rivals=_names(rivals))
        with progress(_("Asking history …")):
            case = wiring.open_case(tender, person=person)
            brought = seal_memo(case, only_lot(case, lot), open_archive(local, "pricing-group").bids(), wanted)
        typer.echo(
            _("Sealed {name}, version {version}. Next: tender get {tender} '{name}' --out DIR --as {person}").format(
                name=brought.name, version=brought.version, tender=tender, person=person
            )
        )


def _names(text: str) -> tuple[str, ...] | None:
    return tuple(name.strip() for name in text.split(";") if name.strip()) or None


def _show(answer: "Answer") -> None:
    source = _("{offers} offers in {lots} lots.").format(offers=answer.offers, lots=answer.lots)
    title = _("too few cases: ") + source if answer.few else source
    columns = [
        _("price"),
        _("chance, model"),
        _("chance, plain rule"),
        _("expected profit"),
        _("expected profit, plain rule"),
    ]
    rows = [[f"{p.price:,}", _share(p.model), _share(p.plain), p.profit, p.plain_profit] for p in answer.points]
    print_table(title, columns, rows)
    if answer.lowest:
        print_table(
            _("Lowest rival price"), [_("quantile"), _("price")], [[q, f"{v:,}"] for q, v in answer.lowest.items()]
        )


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _write(file: Path, sections: "Sequence[Section]") -> None:
    from flows import i18n
    from storage.prices.exports.report import write_page

    file.write_text(write_page(_("Price memo"), sections, i18n.language()), encoding="utf-8")


def _rule(text: str) -> Any:
    from flows.steps.score import parse

    formula, *parameters = text.split() or [""]
    return parse({"formula": formula, **dict(part.partition("=")[::2] for part in parameters)})


def _numbers(text: str) -> list[Decimal]:
    from flows.steps.market.whatif import steps

    parts = text.split(":")
    if len(parts) == 3:
        return steps(*map(_number, parts))
    return [_number(part) for part in text.split(",")]


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise typer.BadParameter(_("found {found}, expected a number").format(found=text))
    return number
