"""Reading bid documents that any program may have made: text, tables, labels, amounts, dates."""
