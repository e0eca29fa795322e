"""Examples: a real tender with an invented bidder, and the demonstration that plays its people."""
