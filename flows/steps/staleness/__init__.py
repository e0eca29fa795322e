"""What an addendum makes stale, exactly, and nothing else (SJE/ZY/GK-02 art. 3.3)."""

from flows.steps.staleness.stale import Side, Stale, Standing
from flows.steps.staleness.whole import staleness

__all__ = ["Side", "Stale", "Standing", "staleness"]
