"""`python -m iamc`."""

from iamc.cli import main

main(prog_name="iamc")
