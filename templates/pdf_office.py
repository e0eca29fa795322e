"""Runs LibreOffice on a batch of documents, inside one folder in memory and with a hard time limit."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from templates.errors import TemplateError
from templates.fonts import environment

_FILTER = (
    'pdf:writer_pdf_Export:{"ExportBookmarks":{"type":"boolean","value":"true"},'
    '"ExportFormFields":{"type":"boolean","value":"false"},"Quality":{"type":"long","value":"90"},'
    '"EmbedStandardFonts":{"type":"boolean","value":"true"}}'
)
# No macro runs, no link is followed, no autocorrection of what a document says.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse">
<value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"
oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value>
</prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="FirstRun" oor:op="fuse"><value>false</value>
</prop></item>
</oor:items>
"""


class OfficeFailed(TemplateError):
    """LibreOffice is missing or made no PDF of a document."""


class OfficeTimeout(OfficeFailed):
    """LibreOffice worked longer than allowed on one document and was killed."""

    transient = True


def convert(documents: Sequence[bytes], names: Sequence[str], folder: Path, timeout: float) -> list[bytes]:
    """The PDF of each .docx, made by one LibreOffice process.

    `folder` is empty and private; `timeout` is in seconds per document; `names` stand for the documents in errors.
    """
    program = _program()
    sources = [folder / f"{number}.docx" for number in range(len(documents))]
    targets = [folder / "out" / f"{number}.pdf" for number in range(len(documents))]
    for source, document in zip(sources, documents, strict=True):
        source.write_bytes(document)
    process = subprocess.Popen(
        [program, *_options(folder), *map(str, sources)],
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait(process, targets, names, timeout)
    finally:
        _kill_group(process)
    return [_read(target, name) for target, name in zip(targets, names, strict=True)]


def _program() -> str:
    if program := shutil.which("soffice") or shutil.which("libreoffice"):
        return program
    raise OfficeFailed("LibreOffice: found no soffice, expected the Writer of LibreOffice; next: run scripts/system.sh")


def _options(folder: Path) -> list[str]:
    user = folder / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
    return [
        f"-env:UserInstallation=file://{folder / 'profile'}",
        *("--headless", "--norestore", "--nologo", "--nolockcheck", "--nodefault"),
        *("--convert-to", _FILTER, "--outdir", str(folder / "out")),
    ]


def _environment(folder: Path) -> dict[str, str]:
    """Home and temporary files lie in `folder`; only fontconfig's cache, which holds no text, is the user's own."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    own = {"HOME": str(folder), "TMPDIR": str(folder), "XDG_CACHE_HOME": cache, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    return {**environment(), **own}


def _wait(process: subprocess.Popen[bytes], targets: Sequence[Path], names: Sequence[str], timeout: float) -> None:
    """Wait for the process; the limit starts anew with each finished document."""
    done, deadline = 0, time.monotonic() + timeout
    while process.poll() is None:
        made = sum(target.exists() for target in targets)
        if made > done:
            done, deadline = made, time.monotonic() + timeout
        if time.monotonic() > deadline:
            raise OfficeTimeout(
                "{name}: LibreOffice took over {timeout} s; next: split the document or raise the time limit",
                name=names[min(done, len(names) - 1)],
                timeout=timeout,
            )
        time.sleep(0.02)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """The start script, the splash process and the office itself are one group."""
    with contextlib.suppress(ProcessLookupError):  # all of them are gone already
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _read(target: Path, name: str) -> bytes:
    if not target.exists() or not (content := target.read_bytes()).startswith(b"%PDF"):
        raise OfficeFailed("{name}: LibreOffice made no PDF; next: open the file in Word and save it again", name=name)
    return content
