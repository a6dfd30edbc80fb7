"""The pages about places and roads."""
