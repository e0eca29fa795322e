"""What leaves the price archive: Excel, an OCDS release package, one self-contained HTML report."""
