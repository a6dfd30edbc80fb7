"""The pages of briefings and plans."""
