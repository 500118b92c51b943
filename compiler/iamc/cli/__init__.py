"""The command line: thin. Each command parses its arguments, calls one function, renders and exits.

Exit status: 0 clean, 1 findings, 2 could not run.
"""

from __future__ import annotations

import atexit
import gc

import click

from iamc.cli.lazy import LazyGroup

# A compile makes many values and drops few: looking for garbage as often as Python does by default only costs time.
gc.set_threshold(100_000, 50, 50)
# Nor is there anything to gain from the last look, when the interpreter ends: it takes a hook 10 ms.
atexit.register(gc.freeze)

SECTIONS = {
    "Write": {
        "init": "Begin a project.",
        "compile": "Compile declarations to policy documents.",
        "check": "Check declarations without writing anything.",
        "test": "Run the checks of declarations.",
        "fmt": "Format .iamdsl files.",
        "convert": "Convert between .iamdsl, YAML and policies.",
    },
    "Ask": {
        "explain": "Explain a code, a verdict or a line.",
        "query": "Ask the action database.",
        "report": "Show who may do what, as one HTML page.",
    },
    "Watch": {
        "diff": "Show what a change lets people do.",
        "lock": "Write down what the action database decides.",
        "drift": "Show what another action database changes.",
        "usage": "Show what people really use, from CloudTrail.",
    },
    "Set up": {
        "lsp": "Serve an editor.",
        "completion": "Print what makes the Tab key complete commands.",
        "doctor": "Show what this iamc works with.",
    },
}
COMMANDS = {name: text for section in SECTIONS.values() for name, text in section.items()}


@click.command(
    cls=LazyGroup, package="iamc.cli", sections=SECTIONS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="iamc", message="iamc %(version)s")
def main() -> None:
    """Compile access declarations into proved, least-privilege AWS IAM policies.

    \b
    iamc compile examples/acme -o build    write the policies of a project
    iamc check examples/acme               find what is wrong, write nothing
    iamc explain IAM207                    what a diagnostic means
    iamc query actions s3 --level list     what a level stands for

    Exit status: 0 clean, 1 findings, 2 could not run.
    """
