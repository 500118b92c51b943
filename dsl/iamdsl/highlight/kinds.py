"""What each terminal of the grammar is to a reader, and what that is called by those who colour it."""

from __future__ import annotations

from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of token.

    Attributes:
        scope: its TextMate scope, without the language behind it.
        token: its Pygments token type, without the `Token.` before it.
        semantic: its token type in the Language Server Protocol; empty where nothing is to be coloured.
    """

    scope: str
    token: str
    semantic: str


KINDS = {
    "comment": Kind("comment.line.number-sign", "Comment.Single", "comment"),
    "keyword": Kind("keyword.control", "Keyword", "keyword"),
    "constant": Kind("constant.language", "Keyword.Constant", "enumMember"),
    "operator": Kind("keyword.operator", "Operator", "operator"),
    "punctuation": Kind("punctuation.separator", "Punctuation", ""),
    "declared": Kind("entity.name.type", "Name.Class", ""),
    "name": Kind("variable.other", "Name", ""),
    "action": Kind("support.function", "Name.Function", "function"),
    "key": Kind("support.variable", "Name.Attribute", "property"),
    "string": Kind("string.quoted.double", "Literal.String.Double", "string"),
    "arn": Kind("string.unquoted.arn", "Literal.String.Symbol", "string"),
    "address": Kind("string.unquoted.address", "Literal.String.Other", "string"),
    "number": Kind("constant.numeric", "Literal.Number", "number"),
    "date": Kind("constant.numeric.date", "Literal.Date", "number"),
    "variable": Kind("variable.other.interpolation", "Literal.String.Interpol", "variable"),
    "policy variable": Kind("constant.other.placeholder", "Literal.String.Interpol", "string"),
    "escape": Kind("constant.character.escape", "Literal.String.Escape", "string"),
    "other": Kind("", "Text", ""),
}
"""`declared` is a name behind the word that declares it, `name` any other."""

_TERMINALS = {
    "ACCOUNT_ID": "number",
    "ACTION": "action",
    "ARN": "arn",
    "BOOLEAN": "constant",
    "CODE": "constant",
    "DATE": "date",
    "DURATION": "number",
    "EMAIL": "address",
    "INT": "number",
    "KEY": "key",
    "LEVEL": "constant",
    "METRIC": "constant",
    "NAME": "name",
    "OPERATOR": "operator",
    "PRESENCE": "constant",
    "PRINCIPAL": "address",
    "STAR": "operator",
    "STRING": "string",
}
_PUNCTUATION = frozenset("{}:,.")


def kind_of(terminal: str, texts: tuple[str, ...]) -> str:
    """The kind of a terminal; `texts` are its fixed texts, if it has only those.

    The words of the language and its signs need no entry of their own. A new terminal that is a pattern does: a
    `KeyError` says so.
    """
    if terminal in _TERMINALS or not texts:
        return _TERMINALS[terminal]
    if all(text[0].isalpha() for text in texts):
        return "keyword"
    return "punctuation" if _PUNCTUATION.issuperset(texts) else "operator"
