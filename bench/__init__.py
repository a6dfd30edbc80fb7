"""Benchmarks against peers: one file a claim, run by hand or by `make bench`, never by the test suite."""
