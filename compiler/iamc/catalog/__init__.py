"""The action database: load, index, overlay."""
