"""The `tender` command: one file per group of commands, nothing heavy imported before it is needed."""
