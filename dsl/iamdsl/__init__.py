"""The iamc declaration language: source text to syntax tree. No AWS knowledge beyond lexical shape."""
