"""What happens to a tender, in what order."""
