"""Incident files in: CSV, Excel and Parquet become rows of the history."""
