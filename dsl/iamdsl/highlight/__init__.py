"""Colours for `.iamdsl`: one scanner, read off the grammar, that editors and documentation tools share.

`kinds` says what each terminal of the grammar is to a reader. `neighbours` finds which terminals may follow which,
and `machine` makes rules of both. `scan` runs the rules; `textmate` writes them down for editors that have an engine
of their own; `lexer` offers them to Pygments.
"""
