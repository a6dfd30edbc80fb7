"""Anlan (安澜): the open platform with which a county keeps its streets safe."""
