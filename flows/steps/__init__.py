"""Steps of a tender as plain functions and values: no orchestration, no object store."""
