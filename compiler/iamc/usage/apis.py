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
_VERB = re.compile("[A-Z][a-z]+")
_ID = re.compile(r"[\w.*-]+", re.ASCII)


def path(name: str, shown: Sequence[str]) -> str:
    """The path that an event acted on, by its name and its `parameter=value`; "" when it does not show it."""
    values = dict(value.split("=", 1) for value in shown if "=" in value)
    noun = f"{_VERB.sub('', name, count=1).lower()}s"
    for parameter, collection in _OWNERS.items():
        if _ID.fullmatch(values.get(parameter, "")):
            owner = f"/{collection}/{values[parameter]}"
            return owner if noun == collection else f"{owner}/*"
    collection = noun if name.startswith(("Create", "Import")) else noun[:-1]
    return f"/{collection}" if collection in _COLLECTIONS else ""
