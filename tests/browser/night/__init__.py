"""A whole night in the duty room: recorded calls, three dispatchers in real browsers, forty crews."""
