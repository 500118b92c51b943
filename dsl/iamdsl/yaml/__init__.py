"""The YAML front end: declarations or a Policy Sentry template in YAML to the syntax tree of the language."""

from __future__ import annotations

from iamdsl.diagnostics import Diagnostic, ordered
from iamdsl.source import Source
from iamdsl.suggest import nearest
from iamdsl.syntax import File
from iamdsl.values import dataclass
from iamdsl.yaml.nodes import Mapping, Node, locate
from iamdsl.yaml.organisation import is_header, read_organisation
from iamdsl.yaml.policy_sentry import KEYS, read_template
from iamdsl.yaml.walk import Walk

__all__ = ["YamlParsed", "parse_yaml"]


@dataclass(frozen=True, slots=True)
class YamlParsed:
    """The tree of a YAML file, without declarations where nothing can be made of it, and the findings."""

    file: File
    diagnostics: tuple[Diagnostic, ...]


def parse_yaml(source: Source) -> YamlParsed:
    """Read a YAML text: with `edition` it is a file of declarations, with `mode` a Policy Sentry template.

    Any text gives a result; nothing is raised.
    """
    located = locate(source)
    walk = Walk()
    walk.diagnostics.extend(located.diagnostics)
    file = File(source.path, None, (), "yaml", source.span(0, len(source.text)))
    if isinstance(located.root, Mapping) and located.root.entries:
        file = _read(located.root, source, walk) or file
    elif not walk.diagnostics:
        _no_mapping(located.root, source, walk)
    found = walk.diagnostics
    if not source.text.isascii() and not any(d.code == "IAM009" for d in found):
        from iamdsl.yaml.safety import with_unsafe

        found = with_unsafe(source, located.root, found)
    return YamlParsed(file, tuple(ordered(found)))


def _read(root: Mapping, source: Source, walk: Walk) -> File | None:
    """The tree of a file whose top is a mapping, by the form that its keys show."""
    keys = [entry.key.text for entry in root.entries]
    if "edition" in keys or ("mode" not in keys and any(map(is_header, keys))):
        return read_organisation(root, source, walk)
    if "mode" in keys or any(nearest(key, KEYS, 1) for key in keys):
        role = read_template(root, source, walk)
        return File(source.path, None, (role,), "policy-sentry", source.span(0, len(source.text)))
    message = "this is neither a file of declarations nor a Policy Sentry template"
    help_ = "begin with `edition: 1`, or with `mode: crud` for a template"
    walk.report("IAM029", message, root.entries[0].key.span, help_)
    return None


def _no_mapping(root: Node | None, source: Source, walk: Walk) -> None:
    """Report a file that is empty, or whose top is one text or a list."""
    if root is None or not root.span.text.strip() or isinstance(root, Mapping):
        walk.report("IAM010", "the file declares nothing", source.span(0, 0))
    else:
        help_ = "begin with `edition: 1`, or with `mode: crud` for a Policy Sentry template"
        walk.wrong_shape(root, "a file is a mapping", help_)
