"""What to say about an ARN that names no resource type: the nearest known shapes, filled in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from iamc.arn import Arn, ArnProblem
from iamc.glob import is_literal
from iamc.template import PLACEHOLDER, Name, Segment, Template, fits, loosened
from iamdsl.suggest import did_you_mean, nearest
from iamdsl.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iamc.catalog import ResourceType


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known around an ARN: its namespace's templates, all services, the types others have there."""

    templates: Sequence[Template]
    prefixes: Sequence[str]
    foreign: Callable[[], Sequence[ResourceType]]


def explain(arn: Arn, around: Surroundings) -> ArnProblem:
    """Say why the ARN fits none of the templates of its namespace."""
    if not around.templates and arn.service not in around.prefixes:
        start = len(f"arn:{arn.partition}:")
        help_ = did_you_mean(arn.service, around.prefixes)
        return ArnProblem("IAM201", f"unknown service `{arn.service}`", start, start + len(arn.service), help_)
    misplaced = _misplaced(arn, around.templates)
    if misplaced is not None:
        return misplaced
    end = len(str(arn))
    start = end - len(arn.resource)
    if around.templates:
        message = f"`{arn.resource}` fits no resource type of `{arn.service}`"
    else:
        message = f"`{arn.service}` has no resource types"
    shape = nearest_shape(arn, around.templates)
    if any(template.head == Name.of("", "", arn.resource).texts[2] for template in around.templates):
        return ArnProblem("IAM206", message, start, end, shape)
    # For an unknown word, a service that has exactly this type beats a guess at another word.
    return ArnProblem("IAM206", message, start, end, _elsewhere(around) or shape)


def nearest_shape(arn: Arn, templates: Sequence[Template]) -> str:
    """One line with up to three shapes near to the ARN, its own region and account filled in; "" if none."""
    folded = Name.of("*", "*", arn.resource.lower())
    for template in templates:
        if _resource_fits(folded, tuple(replace(s, glob=s.glob.lower()) for s in template.segments)):
            return f"resource types are case-sensitive: did you mean `{_example(arn, template)}`?"
    for mark in "/:" if arn.resource.endswith("*") else "":
        wider = f"{arn.resource.rstrip('*')}{mark}*"
        if any(_resource_fits(Name.of("*", "*", wider), template.segments) for template in templates):
            return f"a `*` behind a word stays inside it: did you mean `{replace(arn, resource=wider)}`?"
    shapes = [f"`{_example(arn, template)}`" for template in _nearest(arn, templates)]
    if not shapes:
        return ""
    return f"did you mean {shapes[0]}?" if len(shapes) == 1 else f"did you mean one of {', '.join(shapes)}?"


def _nearest(arn: Arn, templates: Sequence[Template]) -> list[Template]:
    """Up to three templates, one for each type, that begin with the same word, or a similar one, or any."""
    name = Name.of("*", "*", arn.resource)
    heads = {template.head: None for template in templates if template.head is not None}
    near = [name.texts[2]] if name.texts[2] in heads else nearest(name.texts[2], heads)
    likely = [t for t in templates if t.head in near] or [t for t in templates if t.head is None] or list(templates)
    by_type: dict[str, Template] = {}
    for template in likely:
        by_type.setdefault(template.resource.name, template)
    return sorted(by_type.values(), key=lambda template: _distance(name, template))[:3]


def _distance(name: Name, template: Template) -> tuple[int, int]:
    """Fewer segments alike are further away, then more segments too many or too few."""
    pairs = zip(name.texts[2:], template.segments[2:], strict=False)
    alike = sum(segment.glob == text for text, segment in pairs)
    return (-alike, abs(len(name.texts) - len(template.segments)))


def _misplaced(arn: Arn, templates: Sequence[Template]) -> ArnProblem | None:
    """The problem of an ARN that would fit with another region or account, by the fewest changes."""
    name = Name.of(arn.region, arn.account, arn.resource)
    problems: list[tuple[int, ArnProblem]] = []
    for template in templates:
        loose = loosened(template, templates)
        if _resource_fits(name, template.segments) or (loose and _resource_fits(name, loose)):
            region, account = template.segments[:2]
            better = replace(arn, region=_mended(arn.region, region), account=_mended(arn.account, account))
            changes = (better.region != arn.region) + (better.account != arn.account)
            problems.append((changes, _field_problem(arn, better, template)))
    return min(problems, key=lambda found: found[0])[1] if problems else None


def _resource_fits(name: Name, segments: tuple[Segment, ...]) -> bool:
    return fits(name, segments, 2, 2)


def _mended(value: str, field: Segment) -> str:
    """The nearest value that the region or account field of a template takes."""
    if fits(Name((value,), (":",), trailing_star=False), (field,)):
        return value
    return field.glob if is_literal(field.glob) else "*"


def _field_problem(arn: Arn, better: Arn, template: Template) -> ArnProblem:
    field = "region" if better.region != arn.region else "account"
    have, want = getattr(arn, field), getattr(better, field)
    start = len(f"arn:{arn.partition}:{arn.service}:") + (len(arn.region) + 1 if field == "account" else 0)
    what = f"the ARN of the `{arn.service}` type `{template.resource.name}`"
    if not want:
        message = f"{what} has no {field}"
    elif not have:
        message = f"{what} needs its {field}"
    else:
        message = f"{what} has the {field} `{want}`"
    return ArnProblem("IAM210", message, start, start + len(have), f"did you mean `{better}`?")


def _example(arn: Arn, template: Template) -> str:
    """The template with the partition, region and account of the ARN, as far as they are known."""
    _, _, service, region, account, resource = template.arn.split(":", 5)
    fields = [arn.service if PLACEHOLDER.search(service) else service]
    for field, have, want in (("region", arn.region, region), ("account", arn.account, account)):
        fields.append((have or f"<{field}>") if PLACEHOLDER.search(want) else want)
    shown = PLACEHOLDER.sub(lambda found: f"<{found[1]}>", resource)
    return ":".join(("arn", arn.partition, *fields, shown))


def _elsewhere(around: Surroundings) -> str:
    services = dict.fromkeys(f"`{found.service}`" for found in around.foreign())
    if services:
        return f"only actions of {', '.join(services)} act on it: name them one by one"
    return "" if around.templates else "its actions can only be granted as a whole, `on service ...` or `on *`"
