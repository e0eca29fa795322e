"""1,000 objects of 20 KiB, sealed and stored through the contract, beside the bare client storing plain bytes."""

import io
import secrets
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from minio import Minio

from storage import age
from storage.embedded import EmbeddedStore

COUNT, SIZE, ROUNDS, LIMIT = 1_000, 20 * 1024, 4, 1.5


def seconds(put: Callable[[str, bytes], object], prefix: str, content: bytes, count: int) -> float:
    """Return how long `count` puts take, one after the other."""
    started = time.perf_counter()
    for number in range(count):
        put(f"{prefix}/{number:06}", content)
    return time.perf_counter() - started


def main() -> None:
    """Alternate both ways in one run and print the ratio of the sums."""
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder) / "store", retention_days=1)
        store.start()
        try:
            ratio = compare(store)
        finally:
            store.stop()
    if ratio > LIMIT:
        raise SystemExit(f"sealed / bare = {ratio:.2f}, expected at most {LIMIT}")


def compare(store: EmbeddedStore) -> float:
    """Return the ratio sealed / bare."""
    credential, ours = store.credentials("admin"), store.objects("admin")
    bare = Minio(credential.endpoint, credential.access_key, credential.secret_key, secure=False)
    recipient, content = age.generate_identity().recipient(), secrets.token_bytes(SIZE)

    def sealed(key: str, data: bytes) -> object:
        return ours.put("drafts", key, age.encrypt_bytes(data, [recipient]))

    def plain(key: str, data: bytes) -> object:
        return bare.put_object("drafts", key, io.BytesIO(data), len(data))

    total = {"sealed": 0.0, "bare": 0.0}
    for number in range(ROUNDS):
        total["bare"] += seconds(plain, f"bare/{number}", content, COUNT // ROUNDS)
        total["sealed"] += seconds(sealed, f"sealed/{number}", content, COUNT // ROUNDS)
    ratio = total["sealed"] / total["bare"]
    n = COUNT // ROUNDS * ROUNDS
    print(f"{'way':<24}{'n':>6}{'bytes':>8}{'seconds':>10}{'ms each':>10}")
    for way, took in total.items():
        print(f"{way:<24}{n:>6}{SIZE:>8}{took:>10.2f}{took / n * 1000:>10.2f}")
    print(f"sealed / bare = {ratio:.2f} (at most {LIMIT})")
    return ratio


if __name__ == "__main__":
    main()
