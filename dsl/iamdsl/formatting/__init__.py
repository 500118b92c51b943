"""How canonical text is laid out: lexemes, the lines of one entry, the entries of a file."""
