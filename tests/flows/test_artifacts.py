"""What is shown in the Prefect UI, against a server that takes artifacts."""

import gc
import json
import threading
import warnings
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_CSRF_SUPPORT_ENABLED, temporary_settings

from flows.artifacts import show_markdown, show_progress, show_table

NOW = "2026-11-24T09:00:00+00:00"


class Taking(BaseHTTPRequestHandler):
    """Takes every artifact and keeps the connection for the next."""

    protocol_version = "HTTP/1.1"
    taken: list[dict[str, Any]]

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.taken.append(sent)
        answer = json.dumps({**sent, "id": str(uuid4()), "created": NOW, "updated": NOW}).encode()
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """The artifacts that a Prefect API has taken; its events would need a websocket and are of no interest here."""
    monkeypatch.setattr("prefect.events.utilities.emit_event", lambda **_: None)
    Taking.taken = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/api"
        with temporary_settings({PREFECT_API_URL: url, PREFECT_CLIENT_CSRF_SUPPORT_ENABLED: False}):
            yield Taking.taken
        server.shutdown()


def test_an_artifact_is_shown_and_its_connection_closed(taken: list[dict[str, Any]]) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        show_table("board", [{"tender": "agv-1", "stage": "price"}], "1 tenders")
        show_markdown("deadline-agv-1", "# 7d")
        show_progress("progress-agv-1", 45.5, "agv-1")
        gc.collect()

    assert [str(warning.message) for warning in caught if warning.category is ResourceWarning] == []
    assert [(each["type"], each["key"]) for each in taken] == [
        ("table", "board"), ("markdown", "deadline-agv-1"), ("progress", "progress-agv-1")
    ]  # fmt: skip
    assert json.loads(taken[0]["data"]) == [{"tender": "agv-1", "stage": "price"}]
    assert taken[2]["data"] == 45.5
