"""Commands for `anlan manage`."""
