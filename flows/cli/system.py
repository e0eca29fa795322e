"""Commands for the installation itself: up, down, status, doctor."""

import typer

from flows.cli.common import AsJson, example, print_json, print_table
from flows.i18n import _


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""

    @app.command(
        help=_("Start the object store, Prefect and the workers, and wait until all are ready.") + example("tender up")
    )
    def up() -> None:
        from rich.console import Console

        from flows import settings, supervise_control
        from flows.supervise import EXPECTED

        console = Console(stderr=True)
        with console.status(_("Starting …")) as shown:

            def tell(done: list[str]) -> None:
                waiting = ", ".join(name for name in EXPECTED if name not in done)
                shown.update(_("Starting … waiting for {names}").format(names=waiting or "watch"))

            config = settings.load()
            result = supervise_control.up(config, tell=tell)
        text = _("Ready already.") if result.already else _("Ready after {seconds} s.")
        typer.echo(text.format(seconds=result.seconds))
        typer.echo(_("Prefect UI: {ui}   password in {file}").format(ui=result.ui, file=config.prefect_home / "auth"))

    @app.command(
        help=_("Stop everything that `tender up` started, and wait until it has stopped.") + example("tender down")
    )
    def down() -> None:
        from rich.console import Console

        from flows import settings, supervise_control

        with Console(stderr=True).status(_("Stopping; runs get 20 s to finish …")):
            stopped = supervise_control.down(settings.load())
        if not stopped:
            typer.echo(_("Nothing was running."))
            return
        typer.echo(_("Stopped: {names}").format(names=", ".join(stopped)))

    @app.command(help=_("Show which processes run, and where.") + example("tender status --json"))
    def status(as_json: AsJson = False) -> None:
        from dataclasses import asdict

        from flows import settings, supervise_control
        from flows.supervise_state import Phase

        now = supervise_control.status(settings.load())
        if as_json:
            print_json(asdict(now))
        else:
            rows = [(name, pid or _("not running"), now.restarts.get(name, 0)) for name, pid in now.running.items()]
            print_table(_(now.phase.value), [_("process"), _("process number"), _("restarts")], rows)
            typer.echo(_("Prefect UI: {ui}\nObject store: {store}").format(ui=now.ui or "–", store=now.store or "–"))
        if now.phase is not Phase.READY:
            raise typer.Exit(1)

    @app.command(
        help=_("Look the installation over: store, fonts, LibreOffice, disk, clock, keys; say what to do.")
        + example("tender doctor")
    )
    def doctor(as_json: AsJson = False) -> None:
        from dataclasses import asdict

        from rich.console import Console

        from flows import settings
        from flows.doctor import examine

        with Console(stderr=True).status(_("Looking …")):
            findings = examine(settings.load())
        bad = [finding for finding in findings if not finding.ok]
        if as_json:
            print_json([asdict(finding) for finding in findings])
        else:
            rows = [(_("good") if f.ok else _("BAD"), _(f.what), _(f.found), _(f.expected)) for f in findings]
            print_table("", ["", _("looked at"), _("found"), _("expected")], rows)
            for finding in bad:
                typer.echo(_("{what}: next: {next}").format(what=_(finding.what), next=_(finding.next)))
        if bad:
            raise typer.Exit(1)
