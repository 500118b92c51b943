"""Names: which declaration a reference means.

Each kind of declaration has names of its own, so a team and a role may both be called `payments`; the place where
a name is used says which kind is meant. A file sees its own names, those of an import without `as`, and through
`alias.name` those of an import with `as`; it does not see what its imports import.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from typing import Any

from iamc.project import Project
from iamdsl import syntax
from iamdsl.diagnostics import Diagnostic, Fix, Label, report
from iamdsl.source import Span
from iamdsl.suggest import nearest
from iamdsl.values import dataclass

KINDS: Mapping[type[Any], str] = {
    syntax.Let: "variable",
    syntax.Account: "account",
    syntax.Person: "person",
    syntax.Team: "team",
    syntax.Resources: "resources",
    syntax.Actions: "actions",
    syntax.Services: "services",
    syntax.Tier: "tier",
    syntax.Role: "role",
}
GLOBAL_KINDS = frozenset({"account", "person", "team", "role"})
"""Kinds that appear by name in outputs: one name, one thing, in the whole project."""
OPEN_KINDS = frozenset({"resources"})
"""Kinds that several declarations of one name may share, each for other accounts."""
LEVELS = ("list", "read", "read-config", "read-data", "write", "tagging", "permissions-management")
"""The access levels, for suggestions: a misspelt one reads as the name of an action set."""
_SAID = {"resources": "block of resources", "actions": "action set", "services": "service group"}
"""How a kind is called where its keyword is a plural."""
_NO_NAMES: Mapping[tuple[str, str], list[Any]] = {}
_GROUPS = {"person": "principal", "team": "principal"}
"""Kinds whose names are used in the same place, so that one name must mean one of them."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration under its name, with the file whose scope its own references are looked up in."""

    kind: str
    name: str
    node: Any
    path: str

    @property
    def span(self) -> Span:
        """Where the name stands."""
        span: Span = self.node.name.span
        return span


@dataclass(slots=True)
class Trace:
    """What was asked of the names for one purpose, so that one can tell whether the answers are still the same.

    Attributes:
        used: the names that were used.
        found: what each name was found to be: the nodes that declare it.
        imports: what each file imports that was asked about.
        listed: all names of each file whose names were gone through, as for a suggestion.
    """

    used: set[tuple[str, str, str]] = field(default_factory=set)
    found: dict[tuple[str, str, str], tuple[Any, ...]] = field(default_factory=dict)
    imports: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    listed: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    @property
    def files(self) -> set[str]:
        """The files that had something to say."""
        return {*self.imports, *(path for path, _, _ in self.found)}

    def holds(self, names: Names) -> bool:
        """Whether these names would answer all the same, by the same nodes."""
        return (
            all(names.imports_of(path) == known for path, known in self.imports.items())
            and all(tuple(names.own.get(path, ())) == known for path, known in self.listed.items())
            and all(names.declares(*name, nodes) for name, nodes in self.found.items())
        )


@dataclass(slots=True)
class Names:
    """The names of a project. Filled once by `collect`; `used` and `cut` grow as references are looked up."""

    own: dict[str, dict[tuple[str, str], list[Declared]]] = field(default_factory=dict)
    open_imports: dict[str, list[str]] = field(default_factory=dict)
    aliases: dict[str, dict[str, tuple[str, syntax.Import]]] = field(default_factory=dict)
    used: set[tuple[str, str, str]] = field(default_factory=set)
    cut: dict[int, Any] = field(default_factory=dict)
    _trace: Trace | None = None

    @contextmanager
    def traced(self) -> Iterator[Trace]:
        """Note down what is asked."""
        before, self.used = self.used, set()
        self._trace = trace = Trace(self.used)
        try:
            yield trace
        finally:
            self._trace = None
            self.used = before
            self.used |= trace.used

    def imports_of(self, path: str) -> tuple[Any, Any]:
        """What a file imports, with and without an alias."""
        return self.aliases.get(path), self.open_imports.get(path)

    def declares(self, path: str, kind: str, name: str, nodes: tuple[Any, ...]) -> bool:
        """Whether a file declares a name by these nodes and no others."""
        found = self.own.get(path, _NO_NAMES).get((kind, name), ())
        return len(found) == len(nodes) and all(one.node is node for one, node in zip(found, nodes, strict=True))

    def _declared(self, path: str, kind: str, name: str) -> list[Declared]:
        found = self.own.get(path, _NO_NAMES).get((kind, name), [])
        if self._trace is not None and (path, kind, name) not in self._trace.found:
            self._trace.found[path, kind, name] = tuple(one.node for one in found)
        return found

    def _listed(self, path: str) -> Mapping[tuple[str, str], list[Declared]]:
        own = self.own.get(path, _NO_NAMES)
        if self._trace is not None:
            self._trace.listed[path] = tuple(own)
        return own

    def find(self, path: str, kinds: tuple[str, ...], ref: syntax.Ref) -> list[Declared] | Diagnostic:
        """Every declaration that `ref`, written in file `path`, means as one of `kinds`, or what is wrong with it."""
        return self.lookup(path, kinds, ref) or self._unknown(path, *self._scopes(path, ref), kinds, ref)

    def lookup(self, path: str, kinds: tuple[str, ...], ref: syntax.Ref) -> list[Declared] | None:
        """The same where nothing is wrong with a name that no declaration has."""
        scopes, rest = self._scopes(path, ref)
        for scope in scopes if len(rest) == 1 else ():
            for kind in kinds:
                found = self._declared(scope, kind, rest[0])
                if found:
                    self.used.add((scope, kind, rest[0]))
                    return found
        return None

    def find_resources(self, path: str, ref: syntax.Ref) -> tuple[list[Declared], str] | Diagnostic:
        """The resources blocks that `ref` leads to and the resource's name in them, empty for all of a block."""
        scopes, rest = self._scopes(path, ref)
        if 1 <= len(rest) <= 2:
            for scope in scopes:
                found = self._declared(scope, "resources", rest[0])
                if found:
                    self.used.add((scope, "resources", rest[0]))
                    return found, rest[1] if len(rest) == 2 else ""
        return self._unknown(path, scopes, rest, ("resources",), ref)

    def _scopes(self, path: str, ref: syntax.Ref) -> tuple[list[str], tuple[str, ...]]:
        """The files to look in, and the rest of the reference."""
        first = ref.parts[0]
        if self._trace is not None and path not in self._trace.imports:
            self._trace.imports[path] = self.imports_of(path)
        alias = self.aliases.get(path, {}).get(first)
        if alias is not None and len(ref.parts) > 1:
            self.used.add((path, "import", first))
            return [alias[0]], ref.parts[1:]
        return [path, *self.open_imports.get(path, ())], ref.parts

    def visible(self, path: str, kinds: tuple[str, ...]) -> Iterator[str]:
        """Every name of these kinds as it would be written in file `path`."""
        places = [("", path), *(("", p) for p in self.open_imports.get(path, ()))]
        places += [(f"{alias}.", target) for alias, (target, _) in self.aliases.get(path, {}).items()]
        for prefix, scope in places:
            for kind, name in self._listed(scope):
                if kind in kinds:
                    yield prefix + name

    def _unknown(
        self,
        path: str,
        scopes: list[str],
        rest: tuple[str, ...],
        kinds: tuple[str, ...],
        ref: syntax.Ref,
    ) -> Diagnostic:
        wanted = " or ".join(_SAID.get(kind, kind) for kind in kinds)
        for scope in scopes:
            for kind, name in self._listed(scope):
                if rest and name == rest[0] and kind not in kinds and len(rest) == 1:
                    found = self._declared(scope, kind, name)
                    return report(
                        "IAM111",
                        f"`{ref.text}` is {_a(_SAID.get(kind, kind))}, not {_a(wanted)}",
                        ref.span,
                        label=f"{_a(wanted)} is expected here",
                        help=f'its value is written `"${{{ref.text}}}"`' if kind == "variable" else "",
                        labels=[Label(found[0].span, "declared here")],
                    )
        known = [*self.visible(path, kinds), *(LEVELS if kinds == ("actions",) else ())]
        if kinds == ("actions",):
            wanted = "access level or action set"
            if ref.text in LEVELS:
                return report(
                    "IAM101",
                    f"an access level such as `{ref.text}` cannot stand here",
                    ref.span,
                    help="name actions, such as `s3:GetObject` or `s3:Get*`, or a declared set of them",
                )
        near = nearest(ref.text, known, 1)
        if kinds == ("resources",) and not near and len(ref.parts) == 2:  # the block alone may be misspelt
            near = [f"{block}.{ref.parts[1]}" for block in nearest(ref.parts[0], known, 1)]
        return report(
            "IAM101",
            f"there is no {wanted} called `{ref.text}`",
            ref.span,
            help=habit(kinds, ref) or (f"did you mean `{near[0]}`?" if near else self._hint(path, kinds)),
            fix=Fix(ref.span, near[0], f"write `{near[0]}`") if near and not habit(kinds, ref) else None,
        )

    def _hint(self, path: str, kinds: tuple[str, ...]) -> str:
        some = list(self.visible(path, kinds))[:4]
        if some:
            return "declared here: " + ", ".join(f"`{name}`" for name in some)
        if kinds == ("resources",):
            return "declare it with `resources`; all of a service is written `service s3`"
        return "declare it, or import the file that does"


_EVERYTHING = frozenset({"all", "any", "everything", "anything"})
_ACCESS_HABITS: Mapping[str, str] = {
    "admin": "every action is `*`",
    "administrator": "every action is `*`",
    "full": "every action is `*`",
    "full-access": "every action is `*`",
    "read-only": "write `list, read`, or `read-config` to see no contents",
    "readonly": "write `list, read`, or `read-config` to see no contents",
    "read-write": "write `list, read, write`",
    "readwrite": "write `list, read, write`",
    "view": "write `read-config`",
    "permissions": "write `permissions-management`",
    "tags": "write `tagging`",
}


def habit(kinds: tuple[str, ...], ref: syntax.Ref) -> str:
    """What is written here instead of a word that other tools have for access or for targets."""
    if kinds == ("actions",):
        if len(ref.parts) == 2 and ref.parts[0].islower() and ref.parts[1][:1].isupper():
            return f"write `{ref.parts[0]}:{ref.parts[1]}`"
        if ref.text in _EVERYTHING:
            return "every action is `*`"
        if len(ref.parts) == 1 and ref.text[:1].isupper() and ref.text.casefold() not in LEVELS:
            return f"an action has its service in front, such as `s3:{ref.text}`"
        return _ACCESS_HABITS.get(ref.text.casefold(), "")
    if kinds == ("resources",) and ref.text in _EVERYTHING:
        return "everything is `*`"
    return ""


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def collect(project: Project) -> tuple[Names, list[Diagnostic]]:
    """Enter every declaration of the project under its name; report clashes."""
    names = Names()
    diagnostics: list[Diagnostic] = []
    outputs: dict[tuple[str, str], Declared] = {}
    for path, file in project.files.items():
        own: dict[tuple[str, str], list[Declared]] = {}
        taken: dict[tuple[str, str], Declared] = {}
        names.own[path] = own
        diagnostics.extend(_twice_in_a_block(file))
        for declared in _declared(path, file):
            place = (_GROUPS.get(declared.kind, declared.kind), declared.name.casefold())
            clash = _overlap(own, declared) if declared.kind in OPEN_KINDS else taken.get(place)
            if clash is None and declared.kind in GLOBAL_KINDS:
                clash = outputs.get(place)
            if clash is not None:
                diagnostics.append(_duplicate(declared, clash))
                continue
            own.setdefault((declared.kind, declared.name), []).append(declared)
            taken[place] = declared
            outputs.setdefault(place, declared)
        diagnostics.extend(_enter_imports(names, path, project))
    return names, diagnostics


def _declared(path: str, file: syntax.File) -> Iterator[Declared]:
    for node in file.declarations:
        if isinstance(node, syntax.People):
            for person in node.persons:
                yield Declared("person", person.name.text, person, path)
        elif type(node) in KINDS:
            named: Any = node
            yield Declared(KINDS[type(node)], named.name.text, node, path)


def _twice_in_a_block(file: syntax.File) -> Iterator[Diagnostic]:
    """Resources of one name in one block that speak about some of the same accounts."""
    for block in file.declarations:
        if not isinstance(block, syntax.Resources):
            continue
        seen: dict[str, list[syntax.Resource]] = {}
        for resource in block.resources:
            theirs = {ref.text for ref in resource.accounts}
            for other in seen.setdefault(resource.name.text, []):
                if not theirs or not other.accounts or not theirs.isdisjoint(ref.text for ref in other.accounts):
                    name = f"{block.name.text}.{resource.name.text}"
                    yield _duplicate(Declared("resources", name, resource, ""), Declared("resources", name, other, ""))
                    break
            seen[resource.name.text].append(resource)


def _overlap(own: dict[tuple[str, str], list[Declared]], new: Declared) -> Declared | None:
    """An earlier block of the same name that speaks about some of the same accounts."""
    accounts = {ref.text for ref in new.node.accounts}
    for other in own.get((new.kind, new.name), ()):
        theirs = {ref.text for ref in other.node.accounts}
        if not accounts or not theirs or accounts & theirs:
            return other
    return None


def _duplicate(new: Declared, old: Declared) -> Diagnostic:
    labels = [Label(old.span, "first declared here")]
    if new.name != old.name:
        return report(
            "IAM103",
            f"{new.kind} `{new.name}` and {old.kind} `{old.name}` differ only by case",
            new.span,
            labels=labels,
            help="choose names that a reader can tell apart",
        )
    hint = "write `for` and other accounts on each of the two" if new.kind in OPEN_KINDS else "rename one of them"
    return report("IAM102", f"{new.kind} `{new.name}` is declared twice", new.span, labels=labels, help=hint)


def _enter_imports(names: Names, path: str, project: Project) -> Iterator[Diagnostic]:
    aliases: dict[str, tuple[str, syntax.Import]] = {}
    names.aliases[path] = aliases
    names.open_imports[path] = []
    for declaration, target in project.imports.get(path, {}).items():
        if declaration.alias is None:
            names.open_imports[path].append(target)
            continue
        alias = declaration.alias.text
        if alias in aliases:
            yield report(
                "IAM102",
                f"`{alias}` names two imports",
                declaration.alias.span,
                labels=[Label(aliases[alias][1].span, "first used here")],
                help="choose another alias",
            )
            continue
        aliases[alias] = (target, declaration)
