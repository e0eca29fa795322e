"""The rescue file: a tender's private keys, sealed to the company's offline key."""

import contextlib

from storage import age, policy
from storage.keyring import Keyrings, NotForYou
from storage.objects import AccessDenied


def export_rescue(keyrings: Keyrings, recipient: age.X25519Recipient) -> bytes:
    """Return the private halves of every compartment that the holder can open, sealed to the rescue key.

    The armored age file holds an identity file: ``age -d`` with it opens every object of the tender.
    """
    lines = []
    for compartment in policy.COMPARTMENTS:
        with contextlib.suppress(NotForYou, AccessDenied):
            if keyrings.exists(compartment):
                identities = keyrings.open(compartment)
                lines += [f"# {keyrings.tender} {compartment}", *(each.to_text() for each in identities)]
    return age.armor(age.encrypt_bytes("\n".join([*lines, ""]).encode(), [recipient]))
