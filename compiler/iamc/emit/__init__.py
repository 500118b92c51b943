"""Back ends: compiled units to files."""
