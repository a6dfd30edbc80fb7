"""Trials: what is asked for, what is counted, how it is worded and exported."""
