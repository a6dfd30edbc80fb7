"""Joint command: forces and needs as a county states them, plans made of these, in words and as files."""
