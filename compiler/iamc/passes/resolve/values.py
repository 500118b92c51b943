"""Values: `${name}` replaced by what it stands for in one file and one account.

`${account.id}`, `.name`, `.alias` and `.class` come from the account that a role is compiled for, every other name
from a `let`. IAM's own variables, which contain a colon, stay as they are.
"""

from __future__ import annotations

from iamc.model import Account
from iamc.passes.resolve.names import Declared, Names
from iamdsl import syntax
from iamdsl.diagnostics import Diagnostic, Fix, Label, report
from iamdsl.interpolate import Piece, Variable, pieces
from iamdsl.suggest import nearest
from iamdsl.values import dataclass

ACCOUNT_FIELDS = ("id", "name", "alias", "class")
MAX_DEPTH = 16
"""Variables that stand for variables: deeper than this is a circle or a mistake."""


@dataclass(frozen=True, slots=True)
class Values:
    """Replaces variables as one file sees them, for one account (None: the role is compiled for no account)."""

    names: Names
    path: str
    account: Account | None

    def replace(self, text: syntax.Text, sink: list[Diagnostic]) -> str | None:
        """The text with every variable of ours replaced, or None after reporting why it cannot be."""
        if "${" not in text.text:
            return text.text
        return self._replace(text, sink, ())

    def _replace(self, text: syntax.Text, sink: list[Diagnostic], chain: tuple[str, ...]) -> str | None:
        parts, problems = self._pieces(text)
        sink.extend(problems)
        if problems:
            return None
        out: list[str] = []
        for part in parts:
            value = self._value(part, sink, chain) if isinstance(part, Variable) else part
            if value is None:
                return None
            out.append(value)
        return "".join(out)

    def _pieces(self, text: syntax.Text) -> tuple[tuple[Piece, ...], tuple[Diagnostic, ...]]:
        """A literal in its pieces, cut once however many roles and accounts use it."""
        known = self.names.cut.get(id(text))
        if known is None:
            known = self.names.cut[id(text)] = (text, pieces(text))
        return known[1]

    def _value(self, variable: Variable, sink: list[Diagnostic], chain: tuple[str, ...]) -> str | None:
        name = variable.name
        if name.split(".", 1)[0] == "account":
            return self._account_value(variable, sink)
        ref = syntax.Ref(tuple(name.split(".")), variable.span)
        found = self.names.find(self.path, ("variable",), ref)
        if isinstance(found, Diagnostic):
            sink.append(self._undefined(variable))
            return None
        declared = found[0]
        if name in chain or len(chain) >= MAX_DEPTH:
            sink.append(
                report(
                    "IAM104",
                    f"variable `{name}` stands for itself",
                    declared.span,
                    help="give one of " + ", ".join(f"`{link}`" for link in dict.fromkeys(chain)) + " a plain value",
                )
            )
            return None
        return self._let(declared, variable, sink, (*chain, name))

    def _let(
        self, declared: Declared, variable: Variable, sink: list[Diagnostic], chain: tuple[str, ...]
    ) -> str | None:
        scope = Values(self.names, declared.path, self.account)
        literal: syntax.Text = declared.node.value
        value = scope._replace(literal, sink, chain)
        if value is not None and ("*" in value or "?" in value):
            sink.append(
                report(
                    "IAM108",
                    f"the value of `{variable.name}` would bring a wildcard into other text",
                    literal.span,
                    labels=[Label(variable.span, "used here")],
                    help="write the wildcard where it applies, so that a reader sees it",
                )
            )
            return None
        return value

    def _account_value(self, variable: Variable, sink: list[Diagnostic]) -> str | None:
        _, _, part = variable.name.partition(".")
        if part not in ACCOUNT_FIELDS:
            near = nearest(part, ACCOUNT_FIELDS, 1)
            sink.append(
                report(
                    "IAM107",
                    f"an account has no `{part or 'value'}`",
                    variable.span,
                    help=f"did you mean `${{account.{near[0] if near else 'id'}}}`?",
                )
            )
            return None
        if self.account is None:
            sink.append(
                report(
                    "IAM107",
                    f"`{variable.name}` has no value here",
                    variable.span,
                    label="no account is declared",
                    help="declare one, such as `account prod 111122223333`",
                )
            )
            return None
        value = {
            "id": self.account.number,
            "name": self.account.name,
            "alias": self.account.alias,
            "class": self.account.klass,
        }[part]
        if not value:
            sink.append(
                report(
                    "IAM107",
                    f"account `{self.account.name}` has no {part}",
                    variable.span,
                    labels=[Label(self.account.span, "declared here")],
                    help=f"add `{part}` to the account, or write the value here",
                )
            )
            return None
        return value

    def _undefined(self, variable: Variable) -> Diagnostic:
        known = [*self.names.visible(self.path, ("variable",)), *(f"account.{f}" for f in ACCOUNT_FIELDS)]
        near = nearest(variable.name, known, 1) or [n for n in known if n.endswith(f".{variable.name}")][:1]
        return report(
            "IAM107",
            f"there is no variable `{variable.name}`",
            variable.span,
            help=f"did you mean `${{{near[0]}}}`?" if near else "declare it with `let`",
            fix=Fix(variable.span, f"${{{near[0]}}}", f"write `${{{near[0]}}}`") if near else None,
        )
