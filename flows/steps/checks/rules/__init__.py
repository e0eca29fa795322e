"""The forty rejection rules, one file per family; each file registers its rules by being imported."""
