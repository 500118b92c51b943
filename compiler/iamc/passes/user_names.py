"""The name of the user: sessions of roles have no `${aws:username}`, so another policy variable stands for it.

`username` in the targets file says which one; without it `${aws:username}` stays, and constrain refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from iamc.model import Atom, Check, Condition, Expectation, OnArn, Organisation, Request, Target, Unit

KEY = "aws:username"
_USER_NAME = re.compile(r"\$\{aws:username(?=[,}])", re.IGNORECASE)
"""Up to its end or its default value, which stays: `${aws:username, 'nobody'}`."""


def user_names(organisation: Organisation, variable: str) -> Organisation:
    """The organisation with `variable`, such as `aws:SourceIdentity`, wherever a request or a check asks for the name.

    >>> replaced("arn:aws:s3:::home/${aws:username}/*", "aws:SourceIdentity")
    'arn:aws:s3:::home/${aws:SourceIdentity}/*'
    """
    if not variable:
        return organisation
    units = tuple(_unit(unit, variable) for unit in organisation.units)
    return replace(organisation, units=units, checks=tuple(_check(check, variable) for check in organisation.checks))


def asks(text: str) -> bool:
    """Whether the text holds `${aws:username}`."""
    return _USER_NAME.search(text) is not None


def replaced(text: str, variable: str) -> str:
    """The text with the variable for the name of the user."""
    return _USER_NAME.sub(lambda _: f"${{{variable}", text)


def _unit(unit: Unit, variable: str) -> Unit:
    generalise = tuple(replace(target, arn=replaced(target.arn, variable)) for target in unit.generalise)
    return replace(unit, requests=tuple(_request(each, variable) for each in unit.requests), generalise=generalise)


def _request(request: Request, variable: str) -> Request:
    condition = _condition(request.condition, variable)
    return replace(request, targets=_targets(request.targets, variable), condition=condition)


def _check(check: Check, variable: str) -> Check:
    return replace(check, expectations=tuple(_expectation(each, variable) for each in check.expectations))


def _expectation(expectation: Expectation, variable: str) -> Expectation:
    context = _condition(expectation.context, variable)
    return replace(expectation, targets=_targets(expectation.targets, variable), context=context)


def _targets(targets: Iterable[Target], variable: str) -> tuple[Target, ...]:
    return tuple(replace(t, arn=replaced(t.arn, variable)) if isinstance(t, OnArn) else t for t in targets)


def _condition(condition: Condition, variable: str) -> Condition:
    return Condition(tuple(sorted(_atom(atom, variable) for atom in condition.atoms)))


def _atom(atom: Atom, variable: str) -> Atom:
    values = sorted({replaced(value, variable) for value in atom.values})
    return replace(atom, values=tuple(values))
