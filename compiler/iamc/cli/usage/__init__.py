"""The commands of `iamc usage`."""
