"""Rosters: what is asked for, what is read for it, how it is worded, shown and exported."""
