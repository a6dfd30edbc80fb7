"""What was planned against what was done: read from orders, check-ins and positions, worded, exported."""
