"""The buyer's own form becomes a template set of one tender: blanks found, tags proposed, a person confirms."""

from templates.adopt.compare import Difference, only_blanks_changed
from templates.adopt.folder import AdoptionRefused, Proposal, confirm, propose_to
from templates.adopt.within import words_within

__all__ = ["AdoptionRefused", "Difference", "Proposal", "confirm", "only_blanks_changed", "propose_to", "words_within"]
