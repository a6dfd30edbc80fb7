"""How accurate the analysis is, on public data: `make evidence` rewrites docs/evidence.md."""
