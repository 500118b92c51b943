"""What the expand pass has to say: one function for each diagnostic, with the nearest useful hint."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from iamc.alternatives import needed_beside
from iamc.arn import ArnProblem
from iamc.catalog import Action, Level
from iamc.conditions import ConditionKeys
from iamc.data import table
from iamc.model import (
    ActionWanted,
    Atom,
    LevelWanted,
    OnArn,
    OnServices,
    Permission,
    Request,
    Target,
    Unit,
    Wanted,
)
from iamc.passes.expand.vocabulary import Shape, Vocabulary
from iamc.template import PLACEHOLDER
from iamdsl.diagnostics import Diagnostic, Fix, Label, report
from iamdsl.source import Span

_SPELT = frozenset({"iam", "s3", "sqs", "sns", "ssm", "sts", "ec2", "ecs", "ecr", "eks", "rds", "ses", "mq", "sso"})
"""Services whose names people spell out, so that a vowel is heard first."""
LEVELS = tuple(level.value for level in Level)


def listing(names: Iterable[str], most: int = 3) -> str:
    """A few names in backticks, and how many more there are."""
    every = sorted(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(f"`{name}`" for name in every[:most]) + more


def unknown_action(wanted: ActionWanted, vocabulary: Vocabulary) -> Diagnostic:
    """No action of the catalogue matches."""
    pattern = wanted.pattern
    prefix = pattern.partition(":")[0]
    note = f"the action database is {vocabulary.catalog.identity}"
    if "*" in prefix or "?" in prefix:
        return report(
            "IAM201",
            f"`{prefix}` is not a service: a service has no wildcard",
            wanted.span,
            help="write one action for each service that is meant, or `*` for every action of all",
        )
    if prefix.lower() not in vocabulary.catalog.prefixes:
        near = vocabulary.nearest_services(prefix)
        return report(
            "IAM201",
            f"there is no service `{prefix}`",
            wanted.span,
            notes=[note],
            help=f"did you mean `{near[0]}`?" if near else "services are listed by `iamc query services`",
        )
    if "*" in pattern or "?" in pattern:
        return report(
            "IAM214",
            f"`{pattern}` matches no action",
            wanted.span,
            notes=[note],
            help=f"the actions of `{prefix.lower()}` are listed by `iamc query actions {prefix.lower()}`",
        )
    behind = _behind(pattern, vocabulary)
    if behind:
        return report(
            "IAM202",
            f"`{pattern}` is a call, not an action",
            wanted.span,
            label="a policy names the action that the call needs",
            help=f"write {listing(behind)}",
            fix=_replace(wanted.span, pattern, behind) if len(behind) == 1 else None,
        )
    near = vocabulary.nearest_actions(pattern)
    return report(
        "IAM202",
        f"there is no action `{pattern}`",
        wanted.span,
        notes=[note],
        help=f"did you mean `{near[0]}`?" if near else "an organisation's own actions belong in an overlay file",
        fix=_replace(wanted.span, pattern, near),
    )


def _behind(operation: str, vocabulary: Vocabulary) -> list[str]:
    """The actions behind a call, where their names differ: `s3:ListObjects`, `s3:ListBuckets`."""
    operation = re.sub(r"v\d$", "", operation.lower())
    rows = (row for group in table("cloudtrail-events")["events"] for row in group["rows"])
    listed: list[str] = next((row["actions"] for row in rows if row["event"].lower() == operation), [])
    service, _, name = operation.partition(":")
    page = f"api_{name}.html"
    return (
        listed
        or [
            action.qualified
            for action in vocabulary.catalog.actions(service)
            if action.documentation.lower().endswith(page)
        ][:1]
    )


def _replace(span: Span, old: str, near: list[str]) -> Fix | None:
    return Fix(span, near[0], f"write `{near[0]}`") if near and span.text == old else None


def bad_arn(problem: ArnProblem, target: OnArn) -> Diagnostic:
    """The ARN is malformed; the span narrows to the part when the source has the ARN itself."""
    span = target.written
    if span.text == target.arn:
        span = span.part(problem.start, problem.end)
    notes = [] if target.written.text.strip('"') == target.arn else [f"the ARN is `{target.arn}`"]
    return report(problem.code, problem.message, span, help=problem.help, notes=notes)


def no_type(shape: Shape, target: OnArn, vocabulary: Vocabulary) -> Diagnostic:
    """The ARN fits no resource type of its service."""
    service = shape.arn.service
    if service not in vocabulary.catalog.prefixes:
        near = vocabulary.nearest_services(service)
        return report(
            "IAM201",
            f"there is no service `{service}`",
            target.written,
            help=f"did you mean `{near[0]}`?" if near else "services are listed by `iamc query services`",
        )
    return report(
        "IAM206",
        f"`{target.arn}` is no resource of `{service}`",
        target.written,
        help=vocabulary.shapes.shape_help(shape.arn),
    )


def nothing_on(target: Target, known: list[Wanted], vocabulary: Vocabulary) -> Diagnostic:
    """A target that gets no action from its statement."""
    if isinstance(target, OnArn):
        levels = [w.level for w in known if isinstance(w, LevelWanted)]
        if len(levels) == len(known):
            return _level_on_arn(target, levels, vocabulary)
        return _actions_on_arn(target, known, vocabulary)
    levels = [w.level for w in known if isinstance(w, LevelWanted)]
    if isinstance(target, OnServices) and target.wildcard_only and len(levels) == len(known):
        return report(
            "IAM207",
            f"every {_words(known)} action of {listing(target.services)} can be restricted to a resource",
            target.span,
            label="so `wildcard-only` leaves none",
            help="name ARNs of theirs under the level, or other services",
        )
    return report(
        "IAM207",
        f"nothing of {_words(known)} works here",
        target.span,
        help="name actions or levels of these services, or other services",
    )


def _level_on_arn(target: OnArn, levels: list[str], vocabulary: Vocabulary) -> Diagnostic:
    shape = vocabulary.shape(target.arn)
    if isinstance(shape, ArnProblem):
        return bad_arn(shape, target)
    what = _described(shape)
    offered = [level for level in LEVELS if vocabulary.fitting(shape, level)]
    word = " or ".join(f"`{level}`" for level in levels)
    notes = [f"the ARN is `{target.arn}`"] if target.span.text.strip('"') != target.arn else []
    foreign = [] if offered else vocabulary.strangers(shape)
    if foreign:
        notes.append(f"actions of {listing(foreign)} act on it; name them one by one")
    anywhere = [a for level in levels for a in vocabulary.of_level(shape.arn.service, level) if a.wildcard_only]
    if anywhere:
        notes.append(
            f"{listing((a.qualified for a in anywhere), 2)} cannot be restricted to a resource: "
            f"`{levels[0]} on service {shape.arn.service}`"
        )
    return report(
        "IAM207",
        f"{word} on {what} has no action",
        target.span,
        notes=notes,
        help="did you mean " + " or ".join(f"`{level}`" for level in _useful(levels, offered)) + "?" if offered else "",
    )


def _useful(levels: list[str], offered: list[str]) -> list[str]:
    """Suggestions never grant more than the level asked for could have: reading words suggest reading words."""
    mild = [level for level in offered if level in ("list", "read")]
    return mild if mild and any(level in ("list", "read", "read-config") for level in levels) else offered


def _described(shape: Shape) -> str:
    names = sorted(shape.own)
    if len(names) == 1:
        article = "an" if shape.arn.service in _SPELT or shape.arn.service[0] in "aeio" else "a"
        return f"{article} {shape.arn.service} {names[0]}"
    return f"this {shape.arn.service} resource ({', '.join(names[:3])})" if names else f"this {shape.arn.service} ARN"


def _actions_on_arn(target: OnArn, known: list[Wanted], vocabulary: Vocabulary) -> Diagnostic:
    shape = vocabulary.shape(target.arn)
    actions = [w for w in known if isinstance(w, ActionWanted)]
    anywhere = [w for w in actions if all(a.wildcard_only for a in vocabulary.matching(w.pattern))]
    if anywhere and len(anywhere) == len(known):
        return report(
            "IAM219",
            f"{_words(known)} cannot be restricted to a resource",
            target.span,
            label="AWS would never match this ARN",
            help="write `on *`",
            labels=[Label(anywhere[0].span, "asked for here")],
        )
    what = _described(shape) if isinstance(shape, Shape) else "this ARN"
    return report(
        "IAM208",
        f"{_words(known)} does not work on {what}",
        target.span,
        labels=[Label(known[0].span, "asked for here")],
        help=_like(target, actions, vocabulary) or _works_on(actions, vocabulary),
    )


def _like(target: Target, actions: list[ActionWanted], vocabulary: Vocabulary) -> str:
    """The target's own ARN made longer or shorter, where an action works on that: `BUCKET/*` for `BUCKET`."""
    shape = vocabulary.shape(target.arn) if isinstance(target, OnArn) else None
    if not isinstance(target, OnArn) or not isinstance(shape, Shape):
        return ""
    written = target.written.text.strip('"') if "arn:" in target.written.text else target.arn
    for wanted in actions:
        for action in vocabulary.matching(wanted.pattern):
            service = vocabulary.catalog.service(action.service)
            types = service.resource_types if service and action.service == shape.arn.service else {}
            for mine in sorted(shape.own & types.keys()):
                for other in (types[name].arn for name in action.types if name in types):
                    arn = _stretched(written, types[mine].arn, other)
                    if arn:
                        return f"`{action.qualified}` works on `{arn}`"
    return ""


def _stretched(arn: str, own: str, other: str) -> str:
    """`arn`, which fits the template `own`, as one that fits `other`, when one of the two only adds to the other."""
    if other.startswith(own) and other[len(own) :][:1] in ("/", ":"):
        return arn + PLACEHOLDER.sub("*", other[len(own) :])
    mark = PLACEHOLDER.split(own[len(other) :])[0] if own.startswith(other) else ""
    fields = arn.split(":", 5)
    head, found, _ = fields[-1].partition(mark) if mark else ("", "", "")
    return ":".join([*fields[:-1], head]) if found and head else ""


def _filled(template: str) -> str:
    """A database's ARN template as people write ARNs, its variables in angle brackets."""
    return PLACEHOLDER.sub(lambda found: "aws" if found[1] == "Partition" else f"<{found[1]}>", template)


def _works_on(actions: list[ActionWanted], vocabulary: Vocabulary) -> str:
    """A help line with the shortest ARN that one of the actions works on."""
    found: list[tuple[int, str, str]] = []
    for wanted in actions:
        for action in vocabulary.matching(wanted.pattern):
            types = vocabulary.catalog.service(action.service)
            for name in action.types if types else ():
                resource = types.resource_types.get(name) if types else None
                if resource is not None:
                    found.append((len(resource.arn), _filled(resource.arn), action.qualified))
    if not found:
        return ""
    _, arn, name = min(found)
    return f"`{name}` works on ARNs such as `{arn}`"


def finds_nothing(wanted: Wanted, targets: list[Target], vocabulary: Vocabulary) -> Diagnostic:
    """A level or an action that works on none of the targets of its statement, though others do."""
    first = targets[0]
    if isinstance(wanted, LevelWanted):
        if len(targets) == 1 and isinstance(first, OnArn):
            return _level_on_arn(first, [wanted.level], vocabulary)
        return report(
            "IAM207",
            f"`{wanted.level}` has no action on any of these resources",
            wanted.span,
            labels=[Label(first.span, "the first of them")],
            help=f"remove `{wanted.level}`, or name other resources",
        )
    actions = vocabulary.matching(wanted.pattern)
    if actions and all(action.wildcard_only for action in actions):
        return report(
            "IAM219",
            f"`{wanted.pattern}` cannot be restricted to a resource",
            wanted.span,
            label="AWS would never match these ARNs",
            help="write it in a line of its own, `on *`",
        )
    return report(
        "IAM208",
        f"`{wanted.pattern}` works on none of these resources",
        wanted.span,
        help=next(filter(None, (_like(target, [wanted], vocabulary) for target in targets)), "")
        or _works_on([wanted], vocabulary),
    )


def partly(wanted: LevelWanted, target: Target, vocabulary: Vocabulary) -> Diagnostic:
    """A level without effect on one of several targets: said, but the rest of the statement stands."""
    what = "this target"
    if isinstance(target, OnArn):
        shape = vocabulary.shape(target.arn)
        what = _described(shape) if isinstance(shape, Shape) else what
    return report(
        "IAM220",
        f"`{wanted.level}` on {what} has no action",
        target.span,
        labels=[Label(wanted.span, "asked for here")],
        help="give this resource a line of its own with the levels that it has",
    )


def can_be_restricted(wanted: ActionWanted, action: Action) -> Diagnostic:
    """A wildcard-only list names an action that takes a resource; Policy Sentry drops such a line silently."""
    return report(
        "IAM222",
        f"`{action.qualified}` can be restricted to a resource",
        wanted.span,
        label=f"it acts on {listing(action.types)}",
        help="name its resource under an access level, or write it under `skip-resource-constraints`",
    )


def excludes_nothing(pattern: ActionWanted, vocabulary: Vocabulary) -> Diagnostic:
    """An exclusion that takes nothing away: a slip of the pen here leaves access in place."""
    if not vocabulary.matching(pattern.pattern):
        near = vocabulary.nearest_actions(pattern.pattern)
        return report(
            "IAM203",
            f"`{pattern.pattern}` excludes nothing: there is no such action",
            pattern.span,
            help=f"did you mean `{near[0]}`?" if near else "",
            fix=_replace(pattern.span, pattern.pattern, near),
        )
    return report(
        "IAM203",
        f"`{pattern.pattern}` excludes nothing",
        pattern.span,
        label="no action that it matches was granted",
        help="remove it, or exclude what is meant",
    )


def pass_role(wanted: ActionWanted) -> Diagnostic:
    """iam:PassRole asked for by name."""
    return report(
        "IAM217",
        "`iam:PassRole` is granted by `pass` only",
        wanted.span,
        label="without the service it is passed to, this hands out every permission of the role",
        help="write `pass arn:aws:iam::ACCOUNT:role/NAME to SERVICE.amazonaws.com`",
    )


def pass_role_left_out(request: Request, written: str) -> Diagnostic:
    """iam:PassRole among the actions of a level or a pattern."""
    what = f"`{written}`" if written else "the access level"
    return report(
        "IAM221",
        f"`iam:PassRole` is left out of {what}",
        request.span,
        help="write `pass arn:aws:iam::ACCOUNT:role/NAME to SERVICE.amazonaws.com` where it is meant",
    )


def dependents_added(request: Request, names: set[str], resource: str) -> Diagnostic:
    """What `with dependents` brought."""
    return report("IAM223", f"`with dependents` adds {listing(names, 8)} on `{resource}`", request.span)


def no_dependents(request: Request) -> Diagnostic:
    """`with dependents` on a deny, which never reaches further than it says, or on actions that have none."""
    if request.effect == "deny":
        return report(
            "IAM012",
            "a deny has no dependents",
            _where("with dependents", request.span),
            label="dependent actions are granted, never denied, by this clause",
            help="remove it, and name each action that is to be denied",
        )
    return report(
        "IAM306",
        "`with dependents` adds nothing",
        _where("with dependents", request.span),
        label="these actions need no others that a policy could grant here",
        help="remove it",
    )


def dependents_left_out(request: Request, granted: set[str], vocabulary: Vocabulary) -> Iterator[Diagnostic]:
    """The dependent actions that Policy Sentry would have granted on `*`, and how to ask for them."""
    missing: dict[str, str] = {}
    for name in sorted(granted):
        action = vocabulary.catalog.action(name)
        for dependent in action.dependent_actions if action else ():
            if dependent not in granted:
                missing.setdefault(dependent, name)
    if missing:
        first = next(iter(missing))
        passing = "; iam:PassRole needs a declaration with `pass`" if PASS in missing else ""
        plain = [name for name in missing if name != PASS] or [first]
        yield report(
            "IAM215",
            f"dependent actions are not granted: {listing(missing, 5)}",
            request.span,
            label=f"`{missing[first]}` may call `{first}` for the caller",
            help=f"to grant one, write it under `skip-resource-constraints: [{plain[0]}]`{passing}",
        )


PASS = "iam:PassRole"


def condition_support(request: Request, atom: Atom, actions: list[Action], keys: ConditionKeys) -> Diagnostic | None:
    """A condition key that some or all of the statement's actions do not carry."""
    if atom.operator.endswith("IfExists") or atom.operator.startswith("ForAllValues") or "Not" in atom.operator:
        return None
    if atom.operator == "Null" and atom.values == ("true",):
        return None
    missing = keys.unsupported(atom.key, actions)
    if not missing:
        return None
    names = listing((action.qualified for action in missing), 3)
    if len(missing) == len(actions) and not atom.key.lower().startswith("aws:"):
        return report(
            "IAM211",
            f"`{atom.key}` is not a condition key of {names}",
            _where(atom.key, request.span),
            label="this statement would never allow anything",
            help="drop the condition, or choose a key that `iamc query actions ACTION` lists",
        )
    return report(
        "IAM218",
        f"{names} cannot meet the condition on `{atom.key}`",
        _where(atom.key, request.span),
        label="AWS does not document the key for them, so the condition would never hold",
        help="give them a line of their own with another condition",
    )


def _where(words: str, line: Span) -> Span:
    """The place where the line spells these words out; the whole line when it does not, as YAML may not."""
    at = line.text.find(words)
    return line.part(at, at + len(words)) if at >= 0 else line


def other_types_needed(unit: Unit, permissions: list[Permission], vocabulary: Vocabulary) -> Iterator[Diagnostic]:
    """Actions named one by one that need resources of several types, of which the unit grants only some."""
    held: dict[str, set[str]] = {}
    named = {a.qualified for a in _named(unit, vocabulary)}
    for permission in permissions if named else ():
        shape = vocabulary.shape(permission.resource) if permission.resource != "*" else None
        for name in permission.actions & named:
            service = name.partition(":")[0]
            own = vocabulary.types_for(shape, service) if isinstance(shape, Shape) else {"*"}
            held.setdefault(name, set()).update(own)
    for request in unit.requests:
        for wanted in request.wanted if request.effect == "allow" else ():
            if isinstance(wanted, ActionWanted) and "*" not in wanted.pattern:
                for action in vocabulary.matching(wanted.pattern):
                    have = held.get(action.qualified, set())
                    missing = needed_beside(action, have) if have and "*" not in have else frozenset()
                    if missing:
                        yield report(
                            "IAM216",
                            f"`{action.qualified}` also needs {listing(missing, 6)}",
                            wanted.span,
                            label="AWS checks each of these resource types in one call",
                            help="add targets such as " + _templates(action, missing, vocabulary),
                        )


def _templates(action: Action, types: frozenset[str], vocabulary: Vocabulary) -> str:
    service = vocabulary.catalog.service(action.service)
    known = service.resource_types if service else {}
    return listing((_filled(known[name].arn) for name in types if name in known), 2)


def _named(unit: Unit, vocabulary: Vocabulary) -> Iterator[Action]:
    """Actions that the unit's allow lines name one by one."""
    for request in unit.requests:
        for wanted in request.wanted if request.effect == "allow" else ():
            if isinstance(wanted, ActionWanted) and "*" not in wanted.pattern:
                yield from vocabulary.matching(wanted.pattern)


def _words(known: list[Wanted]) -> str:
    return " or ".join(f"`{w.level if isinstance(w, LevelWanted) else w.pattern}`" for w in known)
