"""The YAML front end: declarations or a Policy Sentry template in YAML to the syntax tree of the language."""

from __future__ import annotations

from dataclasses import dataclass

from iamdsl import syntax
from iamdsl.yaml.nodes import Mapping, Node, Scalar, Sequence, locate
from iamdsl.yaml.policy_sentry import read_template
from iamdsl.yaml.walk import Walk
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iamdsl.source import Source
    from iamdsl.diagnostics import Diagnostic

__all__ = ["YamlParsed", "parse_yaml"]


@dataclass(frozen=True, slots=True)
class YamlParsed:
    """The tree of a YAML file, without declarations where nothing can be made of it, and the findings."""

    file: syntax.File
    diagnostics: tuple[Diagnostic, ...]


def parse_yaml(source: Source) -> YamlParsed:
    """Read a YAML text: with `edition` it is a file of declarations, otherwise a Policy Sentry template.

    Any text gives a result; nothing is raised.
    """
    located = locate(source)
    walk = Walk()
    walk.diagnostics.extend(located.diagnostics)
    whole = source.span(0, len(source.text))
    root = located.root
    if not isinstance(root, Mapping) or not root.entries:
        if not walk.diagnostics:
            _no_mapping(root, source, walk)
        return YamlParsed(syntax.File(source.path, None, (), "yaml", whole), tuple(walk.diagnostics))
    role = read_template(root, source, walk)
    return YamlParsed(
        syntax.File(source.path, None, (role,), "policy-sentry", whole), tuple(walk.diagnostics)
    )


def _no_mapping(root: Node | None, source: Source, walk: Walk) -> None:
    """Report a file that is empty, or whose top is one text or a list."""
    if root is None or (isinstance(root, Mapping | Sequence | Scalar) and not root.span.text.strip()):
        walk.report("IAM010", "the file declares nothing", source.span(0, 0))
    elif isinstance(root, Mapping):
        walk.report("IAM010", "the file declares nothing", root.span)
    else:
        help_ = "begin with `edition: 1`, or with `mode: crud` for a Policy Sentry template"
        walk.wrong_shape(root, "a file is a mapping", help_)
