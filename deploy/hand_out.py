"""Makes what each host of an installation on several hosts gets, and nothing of what the others get.

    python deploy/hand_out.py OUT --store store:8333 --prefect http://prefect:4200/api

writes OUT/custodian (keys of everyone who begins, the admin's store key: stays offline), OUT/assembly, OUT/pricing,
OUT/archive (identity and store key of that worker), OUT/backup and OUT/watch (a store key), OUT/prefect (password of
the server), OUT/store (identities of a SeaweedFS). Run again it changes nothing that stands.
"""

import argparse
import json
import secrets
from pathlib import Path

from flows.first_keys import make_keys
from flows.settings import BACKUP, WORKERS, Settings
from storage.embedded.config import load_keys, write_identities
from storage.identity import FileIdentity

STORE_ROLES = {**{role: role for role in WORKERS}, BACKUP: "backup", "watch": "assembly", "custodian": "admin"}
"""Which store key each process gets; the sweeper looks at the ledger's keys alone and opens nothing."""


def hand_out(out: Path, store: str, prefect: str, *, secure: bool = False, database: str = "") -> None:
    """Write the folders, 0700, with files of mode 0600.

    Args:
        store: host:port of the S3.
        prefect: Address of the Prefect API, `…/api`.
        secure: Whether the S3 speaks TLS.
        database: Address of the PostgreSQL of the Prefect servers, `postgresql+asyncpg://…`.
    """
    out = out.absolute()
    custodian = Settings(home=out / "custodian")
    for folder in ("store", "prefect", *STORE_ROLES):
        (out / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    pinned = make_keys(custodian)
    keys = load_keys(out / "store" / "credentials.json")
    write_identities(out / "store" / "s3.json", keys)
    auth = _kept(out / "prefect" / "auth", f"tender:{secrets.token_urlsafe(24)}")
    password = _kept(out / "prefect" / "database-password", secrets.token_urlsafe(24))
    url = database.replace("PASSWORD", password)
    _write(out / "prefect" / "server.env", f"PREFECT_SERVER_API_AUTH_STRING={auth}\nPREFECT_API_AUTH_STRING={auth}\n"
           f"PREFECT_SERVER_DATABASE_CONNECTION_URL={url}\n")  # fmt: skip
    for name, role in STORE_ROLES.items():
        lines = {
            "TENDERFLOW_CUSTODIAN_KEY": pinned,
            "TENDERFLOW_S3_ENDPOINT": store,
            "TENDERFLOW_S3_SECURE": str(secure).lower(),
            "TENDERFLOW_S3_ACCESS_KEY": keys[role]["access"],
            "TENDERFLOW_S3_SECRET_KEY": keys[role]["secret"],
            "TENDERFLOW_PREFECT_API_URL": prefect,
            "TENDERFLOW_PREFECT_AUTH": auth,
            "PREFECT_API_URL": prefect,
            "PREFECT_API_AUTH_STRING": auth,
        }
        _write(out / name / "process.env", "".join(f"{key}={value}\n" for key, value in lines.items()))
    for role in WORKERS:
        folder = custodian.keys_home / f"worker-{role}"
        _write(out / role / "identity", FileIdentity(folder, folder / "passphrase").load().to_text())


def _kept(path: Path, text: str) -> str:
    if not path.exists():
        _write(path, text)
    return path.read_text("utf-8")


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, "utf-8")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="What each host gets.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--store", required=True, metavar="HOST:PORT")
    parser.add_argument("--secure", action="store_true", help="the S3 speaks TLS")
    parser.add_argument("--prefect", required=True, metavar="URL", help="…/api")
    parser.add_argument("--database", default="postgresql+asyncpg://prefect:PASSWORD@postgres/prefect", metavar="URL")
    given = parser.parse_args()
    hand_out(given.out, given.store, given.prefect, secure=given.secure, database=given.database)
    print(json.dumps(sorted(str(path.relative_to(given.out)) for path in given.out.rglob("*") if path.is_file())))


if __name__ == "__main__":
    main()
