"""Who may do what at the embedded store: the roles and their rights by bucket and compartment.

The store's `Write` also permits overwriting and removing versions that are not under retention, so what must not be
lost lies in buckets with default retention, and readers take the oldest version. A `*` in its rights spans slashes, so
the compartment must not be found anywhere else in a key: object ids are random hex and tender ids hold no slash.
"""

PEOPLE = {
    "handler": "person",
    "leader": "executive",
    "executive": "executive",
    "technical": "person",
    "pricing": "pricing-group",
    "reviewer": "review",
    "submitter": "submission",
    "clerk": "clerk",
    "analyst": "analyst",
    "auditor": "auditor",
    "custodian": "admin",
    "panel": "review",
}
"""The store role of each role that a person can have."""

_BID = "procedure technical commercial"
_MEMBER = ("RW ledger", "R registers", "RW anchors", "L keys")
"""Whoever takes part in a tender adds events and checkpoints, and sees which keyrings exist."""

_PERSON = (
    *_MEMBER,
    f"RW drafts {_BID} library",
    "RW archive procedure archive",  # notices, scans of what was signed on paper, opening records, proofs, lessons
    "W drafts price",  # a cost sheet goes in and does not come out again
    "RW drafts rounds",
    f"RW keys {_BID} archive library",
    "R keys rounds",
    "RW registers",
)

# Letters (R read and list, W write, L list alone), a bucket or a folder in it, compartments that they are limited to.
_RIGHTS = {
    "assembly": (
        *_MEMBER,
        f"RW drafts {_BID}",
        "RW archive procedure",
        f"R keys {_BID}",
        "W archive archive",  # why a lot was not bid for goes in and does not come out again
    ),
    "pricing": (
        *_MEMBER,
        "RW drafts price proposals rounds submission",
        f"R drafts {_BID}",
        "R archive procedure",
        "RW keys price proposals rounds submission",
        f"R keys {_BID}",
        "RW archive submission",
    ),
    "archive": (
        *_MEMBER,
        f"R drafts {_BID} submission",
        f"R keys {_BID} submission archive",
        "R archive procedure submission",
        "RW archive archive",
        "W registers/residue/*",  # what archived tenders are called
        "RW prices",
    ),
    "person": _PERSON,
    "executive": (*_PERSON, "R drafts price", "R keys price"),
    "pricing-group": (
        *_MEMBER,
        f"R drafts {_BID} library",
        "R archive procedure",
        "RW drafts price rounds",
        "W drafts proposals",  # what a member proposes is opened by the worker, for all at once
        f"R keys {_BID} price rounds library",
        "R prices",
    ),
    "review": (
        *_MEMBER,
        f"R drafts {_BID} price submission library",
        f"R keys {_BID} price submission library",
        "R archive procedure submission",
    ),
    "submission": (
        *_MEMBER,
        "RW drafts procedure rounds submission",
        "R drafts technical commercial library",
        f"R keys {_BID} rounds submission library",
        "RW archive procedure submission",  # sealed renditions, the platform's record, its receipt
    ),
    "clerk": (
        *_MEMBER,
        "R drafts procedure library",
        "R archive procedure",
        "RW archive archive",
        "R keys procedure archive library",
    ),
    "auditor": (
        "R ledger",
        "R registers",
        "R anchors",
        "L keys",
        "R keys procedure archive",
        "R drafts procedure",
        "R archive procedure archive",
    ),
    "analyst": ("R prices",),
    # The nightly copy: everything as it lies there, sealed; no identity goes with this key.
    "backup": ("R ledger", "R keys", "R drafts", "R archive", "R registers", "R anchors", "R prices"),
}

ROLES = ("admin", *_RIGHTS)

_ACTIONS = {"R": ("Read", "List"), "W": ("Write",), "L": ("List",)}


def actions(role: str) -> list[str]:
    """Return the rights of a role as the store spells them, for example `Write:drafts/*/technical/*`."""
    if role == "admin":
        return ["Admin"]
    return sorted({action for right in _RIGHTS[role] for action in _spell(right)})


def _spell(right: str) -> list[str]:
    letters, bucket, *compartments = right.split()
    places = [f"{bucket}/*/{compartment}/*" for compartment in compartments] or [bucket]
    return [f"{action}:{place}" for letter in letters for action in _ACTIONS[letter] for place in places]
