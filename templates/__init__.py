"""From template sets and a bid's fields to finished documents: guard, fill, compose, contents, PDF."""
