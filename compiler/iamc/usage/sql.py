"""The rollup's question in SQL: one portable SELECT whose columns are those of an observation.

It runs on DuckDB, Spark and Athena (Trino), over a table with CloudTrail's columns, one row an event. What the three
write differently is in `Dialect`; the rules are those of `reading`, as the reader of this package has them. The law:
settling a row gives what settling the observation of the event gives. So an engine may write a parameter of the
request with quotes or without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from iamc.usage.model import Observation
from iamc.usage.reading import ENCODED, ROLE_ARN, rules
from iamc.usage.settle import ASSUMING
from iamdsl.values import dataclass

COLUMNS = (*Observation._fields, "calls", "first_seen", "last_seen")
"""The columns of the result, in this order."""

_TABLE = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+){0,2}")
_ROLE_NAME = re.compile(r"[\w+=,.@-]{1,128}", re.ASCII)
_LAST_WORD = re.compile(r"[A-Z][a-z]+$")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]{2,5}(-[a-z]+)+-\d{1,2}")
_SOURCES = {
    "session_context": "useridentity.sessioncontext.sourceidentity",
    "on_behalf_of": "useridentity.onbehalfof.userid",
    "from_console": "sessioncredentialfromconsole",
}
"""Columns that tables made by older definitions lack."""
LACKING = tuple(_SOURCES)


class QueryError(ValueError):
    """A choice that cannot stand in a query; the message is written for the user."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What an engine writes its own way, as templates of `str.format`.

    `json` takes `path` out of requestParameters, as a JSON text or as the bare scalar; `roles` joins all matches of
    `pattern`; `arn` is the ARN of the resource at `place`, from 1. `days` tells whether the table has partitions by
    day (`timestamp`, as yyyy/MM/dd), `region` and `account`, as AWS's own definition of the table has.
    """

    name: str
    json: str
    roles: str
    arn: str
    days: bool


_JOINED = "array_join(regexp_extract_all(requestparameters, '{pattern}'{group}), ' ')"
DIALECTS: Mapping[str, Dialect] = {
    "duckdb": Dialect(
        "duckdb",
        "cast(json_extract(requestparameters, '$.{path}') as varchar)",
        "array_to_string(regexp_extract_all(requestparameters, '{pattern}'), ' ')",
        "resources[{place}].arn",
        days=False,
    ),
    "spark": Dialect(
        "spark",
        "get_json_object(requestparameters, '$.{path}')",
        _JOINED.replace("{group}", ", 0"),
        "try_element_at(resources, {place}).arn",
        days=False,
    ),
    "athena": Dialect(
        "athena",
        "json_format(json_extract(requestparameters, '$.{path}'))",
        _JOINED.replace("{group}", ""),
        "element_at(resources, {place}).arn",
        days=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Part:
    """Which events are asked for: days (ISO, both included), accounts, Regions and roles by name; none for all.

    A role's name may let events of others through, for LIKE knows no names: whoever reads the result looks again.
    """

    since: str = ""
    until: str = ""
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


def query(dialect: Dialect, table: str, part: Part | None = None, lacking: Iterable[str] = ()) -> str:
    """The SELECT over `table`. `lacking` names columns (of `LACKING`) that the table does not have.

    Raises QueryError for a name or a value that is none.
    """
    _hold(_TABLE, table, "a table such as database.table")
    fields = _fields(dialect, frozenset(lacking))
    inner = ",\n".join(f"    {expression} as {name}" for name, expression in fields.items())
    where = [f"({clause})" for clause in _where(dialect, part or Part())]
    kept = ("account", "region", "source", "name", "event_type", "identity")
    outer = [name if name in kept else f"case when nobodys then '' else {name} end" for name in Observation._fields]
    chosen = ",\n".join(f"  {text} as {name}" for text, name in zip(outer, Observation._fields, strict=True))
    groups = ", ".join(str(number) for number in range(1, len(Observation._fields) + 1))
    return (
        f"select\n{chosen},\n  count(*) as calls,\n  min(event_time) as first_seen,\n  max(event_time) as last_seen\n"
        f"from (\n  select\n{inner}\n  from {table}\n"
        + (f"  where {' and '.join(where)}\n" if where else "")
        + f") as events\ngroup by {groups}\n"
    )


def _fields(dialect: Dialect, lacking: frozenset[str]) -> dict[str, str]:
    """The expression of each column over an event's own columns."""
    optional = {name: "''" if name in lacking else _text(column) for name, column in _SOURCES.items()}
    event_type = "coalesce(nullif(eventtype, ''), 'AwsApiCall')"
    denied = _any(_text("errorcode"), rules().denied_codes)
    console = f"{optional['from_console']} = 'true' or {_any(_text('useragent'), rules().console_agents)}"
    message = (
        f"case when errormessage like '%{ENCODED}%' then split_part(errormessage, '{ENCODED}', 1) || '{ENCODED}' "
        f"else {_text('errormessage')} end"
    )
    return {
        "account": _text("recipientaccountid"),
        "region": _text("awsregion"),
        "source": _text("eventsource"),
        "name": _text("eventname"),
        "event_type": event_type,
        "identity": _text("useridentity.type"),
        "arn": _text("useridentity.arn"),
        "session": "coalesce(split_part(useridentity.principalid, ':', 2), '')",
        "user_name": _text("useridentity.username"),
        "issuer": _text("useridentity.sessioncontext.sessionissuer.arn"),
        "source_identity": optional["session_context"],
        "directory_user": optional["on_behalf_of"],
        "invoked_by": _text("useridentity.invokedby"),
        "agent": f"case when {console} then 'console' else '' end",
        "error": _text("errorcode"),
        "message": f"case when {denied} then {message} else '' end",
        "read_only": _text("readonly"),
        "arn_1": _coarse(dialect.arn.format(place=1)),
        "arn_2": _coarse(dialect.arn.format(place=2)),
        "parameters": _parameters(dialect),
        "roles": _text(dialect.roles.format(pattern=ROLE_ARN)),
        "nobodys": f"{event_type} <> 'AwsApiCall' or {_text('useridentity.type')} = 'AWSService'",
        "event_time": (
            "case when eventtime like '____-__-__T__:__:__Z' and translate(eventtime, '0123456789', '') = '--T::Z' "
            "then eventtime else '' end"
        ),
    }


def _text(column: str) -> str:
    return f"coalesce({column}, '')"


def _any(column: str, patterns: Iterable[str]) -> str:
    return "(" + " or ".join(f"{column} like {_quoted(pattern)}" for pattern in patterns) + ")"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _coarse(arn: str) -> str:
    """`observe.coarse`."""
    return (
        f"case when {arn} like '%:log-stream:%' then split_part({arn}, ':log-stream:', 1) || ':log-stream:*' "
        f"when {arn} like '%:s3:::%/%/%' then split_part({arn}, '/', 1) || '/' || split_part({arn}, '/', 2) || '/*' "
        f"when {arn} like '%:s3:::%/%' then split_part({arn}, '/', 1) || '/*' "
        f"else {_text(arn)} end"
    )


def _parameters(dialect: Dialect) -> str:
    """One line for each parameter that is there; the JSON is read only where its name occurs at all.

    Behind an ARN, parameters count only where a session is made: elsewhere they are not looked for. Those whose names
    end alike are looked for only where the ending occurs, for each look takes time.
    """
    endings: dict[str, list[str]] = {}
    for path in rules().parameters:
        name = path.rpartition(".")[2].partition("[")[0]
        value = f"coalesce(chr(31) || '{path}=' || {dialect.json.format(path=path)}, '')"
        word = _LAST_WORD.search(name)
        endings.setdefault(word[0] if word else name, []).append(_where_named(f'"{name}', value))
    lines = [_where_named(end, " || ".join(those)) if len(those) > 1 else those[0] for end, those in endings.items()]
    makes = f"eventname in ({', '.join(map(_quoted, sorted(ASSUMING)))})"
    counts = f"{_text(dialect.arn.format(place=1))} = '' or {makes}"
    return f"case when {counts} then substr({' || '.join(lines)}, 2) else '' end"


def _where_named(end: str, value: str) -> str:
    """The value where the request has a name that ends so."""
    return f"case when requestparameters like '%{end}\"%' then {value} else '' end"


# which events -----------------------------------------------------------------------------------------------------


def _where(dialect: Dialect, part: Part) -> Iterator[str]:
    for word, sign, day in (("since", ">=", part.since), ("until", "<=", part.until)):
        if day:
            _hold(_DAY, day, f"a day such as 2026-11-24 for {word}")
            yield f"substr(eventtime, 1, 10) {sign} '{day}'"
            if dialect.days:
                yield f"\"timestamp\" {sign} '{day.replace('-', '/')}'"
    if part.accounts:
        yield _among("account" if dialect.days else "recipientaccountid", part.accounts, _ACCOUNT, "twelve digits")
    if part.regions:
        yield _among("region" if dialect.days else "awsregion", part.regions, _REGION, "a Region such as eu-west-1")
    if part.roles:
        yield " or ".join(clause for role in part.roles for clause in _role(role))


def _among(column: str, values: Iterable[str], form: re.Pattern[str], what: str) -> str:
    return f"{column} in ({', '.join(_quoted(_hold(form, value, what)) for value in values)})"


def _role(name: str) -> Iterator[str]:
    _hold(_ROLE_NAME, name, "the name of a role")
    issuer = "useridentity.sessioncontext.sessionissuer.arn"
    yield f"{issuer} like '%/{name}'"
    yield f"{issuer} like '%/AWSReservedSSO_{name}_%'"
    # Nobody has a session yet when a role is assumed; a denied call shows it in its message only.
    named = f"requestparameters like '%/{name}\"%' or errormessage like '%/{name}%'"
    yield f"eventsource = 'sts.amazonaws.com' and ({named})"


def _hold(form: re.Pattern[str], value: str, what: str) -> str:
    """The value, which has this form and so cannot end a text or a name of the query."""
    if not form.fullmatch(value):
        raise QueryError(f"`{value}` is not {what}")
    return value
