"""JSON Schemas of every file that iamc reads or writes."""
