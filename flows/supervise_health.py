"""Asks the Prefect API whether it answers, without importing Prefect."""

import json
import time
import urllib.error
import urllib.request
from base64 import b64encode
from typing import Any

from flows.errors import TenderError
from flows.settings import Settings
from flows.supervise_prefect import prefect_connection

API_SECONDS = 180.0
"""A cold first start on a busy machine has taken 54 s."""
ANSWER_SECONDS = 5.0


class ApiSilent(TenderError):
    """The Prefect server did not come up."""

    transient = True


def ask(settings: Settings, path: str) -> Any:
    """Return the JSON answer to GET `path` (`/health`, `/work_pools/…`), or None if there is no good one."""
    url, auth = prefect_connection(settings)
    request = urllib.request.Request(url + path)
    if auth:
        request.add_header("Authorization", "Basic " + b64encode(auth.encode()).decode())
    # Loopback never goes through a proxy; another host goes as the environment says.
    direct = urllib.request.ProxyHandler({}) if "//127.0.0.1:" in url else urllib.request.ProxyHandler()
    try:
        with urllib.request.build_opener(direct).open(request, timeout=ANSWER_SECONDS) as answer:
            return json.load(answer)
    except (OSError, ValueError):
        return None


def await_api(settings: Settings, path: str = "/health") -> None:
    """Return when `path` is answered.

    Raises:
        ApiSilent: not within `API_SECONDS`.
    """
    deadline = time.monotonic() + API_SECONDS
    while ask(settings, path) is None:
        if time.monotonic() > deadline:
            raise ApiSilent(
                "Prefect server: found no answer to {path} in {seconds} s, expected one; next: see logs/prefect.log",
                path=path,
                seconds=int(API_SECONDS),
            )
        time.sleep(0.2)
