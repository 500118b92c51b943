"""Names in declarations for the people of a log: only those who have a plain e-mail address can be declared."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")


def is_email(name: str) -> bool:
    """Whether a declaration can name the person."""
    return _EMAIL.fullmatch(name) is not None


def names_for(people: Iterable[str], taken: Collection[str] = ()) -> Mapping[str, str]:
    """Names for people by their e-mail address in lower case, different from each other and from those taken."""
    names: dict[str, str] = {}
    for email in sorted({person.lower() for person in people if is_email(person)}):
        base = "-".join(_WORD.findall(email.partition("@")[0])) or "person"
        number = 1
        while (name := base if number == 1 else f"{base}-{number}") in {*taken, *names.values()}:
            number += 1
        names[email] = name
    return names
