"""The object store that comes with the project: SeaweedFS on the loopback interface, closed as far as it can be closed.

Object Lock on one host does not protect against that host's root.
"""

from storage.buckets import BUCKETS
from storage.embedded.config import StoreCredential
from storage.embedded.rights import PEOPLE, ROLES
from storage.embedded.store import EmbeddedStore, StoreDidNotStart

__all__ = ["BUCKETS", "PEOPLE", "ROLES", "EmbeddedStore", "StoreCredential", "StoreDidNotStart"]
