"""On what an event of API Gateway acted: its actions are methods of HTTP, and its ARNs the paths of the API's own REST.

An event shows the API, the domain or the usage plan that it is about, and its name says which collection it lists or
adds to. What is below an API stands for all of that API.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_OWNERS = {"restApiId": "restapis", "apiId": "apis", "domainName": "domainnames", "usagePlanId": "usageplans"}
"""Parameters that name what a call is about, the surest first, and the collection that it belongs to."""
_COLLECTIONS = ("apikeys", "apis", "clientcertificates", "domainnames", "restapis", "usageplans", "vpclinks")
_VERB = re.compile("(Get|List|Create|Import)(?=[A-Z])")
_ID = re.compile(r"[\w.*-]+", re.ASCII)


def paths(name: str, shown: Sequence[str]) -> tuple[str, ...]:
    """The paths that an event acted on, by its name and its `parameter=value`; none when it does not show them."""
    values = dict(value.split("=", 1) for value in shown if "=" in value)
    for parameter, collection in _OWNERS.items():
        if _ID.fullmatch(values.get(parameter, "")):
            return (f"/{collection}/{values[parameter]}", f"/{collection}/{values[parameter]}/*")
    verb = _VERB.match(name)
    noun = name[verb.end() :].lower() if verb else ""
    collection = f"{noun}s" if verb and verb[1] in ("Create", "Import") else noun
    return (f"/{collection}",) if collection in _COLLECTIONS else ()
