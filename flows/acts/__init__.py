"""What people and workers do to a sealed ledger, act by act; no Prefect here."""
