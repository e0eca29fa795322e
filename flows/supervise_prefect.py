"""Our own Prefect server: its port and password, and the environment of everything that runs it or speaks to it."""

import os
import secrets
from pathlib import Path

from flows.errors import TenderError
from flows.settings import Settings
from storage.embedded.ports import find_free

USER = "tender"
INHERITED = (
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TMPDIR",
    "XDG_RUNTIME_DIR",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "CREDENTIALS_DIRECTORY",
    "TENDERFLOW_GUARD",
)
"""What a child takes over from the caller; keys and passwords of others are not among them."""


class NotSetUp(TenderError):
    """Nothing was started here yet."""


def prefect_connection(settings: Settings) -> tuple[str, str]:
    """Return the address of the Prefect API and its `user:password`.

    Raises:
        NotSetUp: our own server was never started in this home.
    """
    if settings.prefect_api_url:
        return settings.prefect_api_url, settings.prefect_auth.get_secret_value()
    try:
        port = (settings.prefect_home / "port").read_text()
        password = (settings.prefect_home / "auth").read_text()
    except FileNotFoundError as error:
        raise NotSetUp(
            "Prefect server: found none set up in {home}, expected one; next: tender up", home=settings.home.name
        ) from error
    return f"http://127.0.0.1:{port}/api", password


def prepare_server(settings: Settings) -> int:
    """Make the server's folder, password (0600) and port unless they stand; return the port."""
    home = settings.prefect_home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (home / "auth").exists():
        _write(home / "auth", f"{USER}:{secrets.token_urlsafe(24)}")
    if settings.prefect_port:
        _write(home / "port", str(settings.prefect_port))
    elif not (home / "port").exists():
        _write(home / "port", str(find_free()))
    return int((home / "port").read_text())


def server_command(port: int) -> tuple[str, ...]:
    """Return the server's arguments to Python; what `prefect server start` runs, without its wrapper."""
    return ("-m", "flows.prefect_server", "--port", str(port))


def server_environment(settings: Settings) -> dict[str, str]:
    """Return the environment of our own server: loopback, password, no telemetry, no promotion."""
    url, auth = prefect_connection(settings)
    home = settings.prefect_home
    database = settings.prefect_database.get_secret_value()
    return base_environment() | {
        **({"PREFECT_SERVER_DATABASE_CONNECTION_URL": database} if database else {}),
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_API_AUTH_STRING": auth,
        "PREFECT_API_AUTH_STRING": auth,
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": url.removesuffix("/api"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_UI_STATIC_DIRECTORY": str(home / "ui"),
        "PREFECT__SERVER_FINAL": "1",
    }


def client_environment(settings: Settings, name: str) -> dict[str, str]:
    """Return the environment of a process that speaks to the server, with a Prefect home of its own."""
    url, auth = prefect_connection(settings)
    return base_environment() | {
        "PREFECT_HOME": str(settings.prefect_home / name),
        "PREFECT_API_URL": url,
        "PREFECT_API_AUTH_STRING": auth,
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "TENDERFLOW_PREFECT_API_URL": url,
        "TENDERFLOW_PREFECT_AUTH": auth,
    }


def base_environment() -> dict[str, str]:
    """Return what every child starts from: no proxy to the loopback, no telemetry, no inherited secret."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return kept | {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost", "DO_NOT_TRACK": "1"}


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)
