"""Reading shapes out of located YAML: each reader gives what it found, or reports what to write instead."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from iamdsl.diagnostics import Diagnostic, Fix, report
from iamdsl.source import Span
from iamdsl.suggest import did_you_mean, nearest
from iamdsl.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence


class Walk:
    """Collects the findings of one file while its nodes are read."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []

    def report(self, code: str, message: str, span: Span, help_: str = "", fix: Fix | None = None) -> None:
        """Add one finding."""
        self.diagnostics.append(report(code, message, span, help=help_, fix=fix))

    def keys(
        self, mapping: Mapping, allowed: Collection[str], where: str, nested: dict[str, str] | None = None
    ) -> dict[str, Entry]:
        """The entries by key; a key outside `allowed` is reported. `where` completes "... in".

        `nested` names keys of a mapping further in, with the key that the mapping stands under.
        """
        found: dict[str, Entry] = {}
        for entry in mapping.entries:
            if entry.key.text in allowed:
                found[entry.key.text] = entry
            elif nested and entry.key.text in nested:
                help_ = f"it stands under `{nested[entry.key.text]}:`"
                self.report("IAM026", f"`{entry.key.text}` is in the wrong place", entry.key.span, help_)
            else:
                self.unknown_key(entry.key, allowed, where)
        return found

    def unknown_key(self, key: Scalar, allowed: Collection[str], where: str) -> None:
        """Report a key that means nothing here, with the nearest one that does."""
        near = nearest(key.text, allowed, 1)
        help_ = did_you_mean(key.text, allowed) or "the keys are " + ", ".join(f"`{name}`" for name in allowed)
        fix = Fix(key.span, near[0], f"write `{near[0]}`") if near else None
        self.report("IAM026", f"unknown key `{key.text}` in {where}", key.span, help_, fix)

    def choice(self, node: Node, allowed: Collection[str], what: str) -> Scalar | None:
        """A scalar out of `allowed`."""
        scalar = self.scalar(node, what)
        if scalar is None or scalar.text in allowed:
            return scalar
        near = nearest(scalar.text, allowed, 1)
        help_ = did_you_mean(scalar.text, allowed) or "write " + " or ".join(f"`{word}`" for word in allowed)
        fix = Fix(scalar.span, near[0], f"write `{near[0]}`") if near else None
        self.report("IAM030", f"`{scalar.text}` is no {what}", scalar.span, help_, fix)
        return None

    def boolean(self, node: Node, what: str) -> bool:
        """`true` or `false`; False after anything else has been reported."""
        chosen = self.choice(node, ("true", "false"), f"value for {what}")
        return chosen is not None and chosen.text == "true"

    def needed(self, found: dict[str, Entry], key: str, holder: Mapping | Entry, help_: str) -> Entry | None:
        """The entry `key`, which must not be missing."""
        if key not in found:
            entry = holder if isinstance(holder, Entry) else next(iter(holder.entries), None)
            span = entry.key.span if entry else holder.span
            self.report("IAM029", f"the key `{key}` is missing", span, help_)
        return found.get(key)

    def scalar(self, node: Node, what: str) -> Scalar | None:
        """A text; an empty one only in quotes."""
        if not isinstance(node, Scalar):
            self.wrong_shape(node, f"{what} is one text")
            return None
        if node.null:
            self.report("IAM025", f"{what} is empty", node.span)
            return None
        return node

    def mapping(self, node: Node, what: str) -> Mapping | None:
        """A mapping with at least one key."""
        if isinstance(node, Mapping) and node.entries:
            return node
        if isinstance(node, Mapping) or (isinstance(node, Scalar) and node.null):
            self.report("IAM025", f"{what} is empty", node.span)
        else:
            self.wrong_shape(node, f"{what} is a mapping", "write one `key: value` in each line")
        return None

    def parts(self, node: Node, what: str) -> tuple[Node, ...]:
        """The items of a list that has at least one; anything else is a list of one."""
        if isinstance(node, Sequence) and not node.items:
            self.report("IAM025", f"{what} is empty", node.span, "name at least one, or remove the key")
        return one_or_more(node)

    def texts(self, nodes: tuple[Node, ...], what: str) -> Iterator[Scalar]:
        """The items of a list that holds only texts; what is something else is reported and left out."""
        for node in nodes:
            if not isinstance(node, Scalar):
                self.wrong_shape(node, f"each item of {what} is one text")
            elif not node.text:
                self.report("IAM025", f"an item of {what} is empty", node.span, "fill it in or remove the line")
            else:
                yield node

    def wrong_shape(self, node: Node, expected: str, help_: str = "") -> None:
        """Report a node of another shape than `expected` says."""
        split = _split_by_colon(node)
        if split is not None:
            self._became_mapping(node, split)
            return
        found = {Scalar: "text", Sequence: "a list", Mapping: "a mapping"}[type(node)]
        self.report("IAM025", f"{expected}, but this is {found}", node.span, help_)

    def _became_mapping(self, node: Node, entry: Entry) -> None:
        key, value = entry.key, entry.value
        written = node.span.text
        fix = Fix(node.span, f'"{written}"', "put it in quotes")
        if isinstance(value, Scalar) and value.null:
            message = f"the colon at the end makes a key out of `{key.text}`"
            self.report("IAM027", message, node.span, "remove the colon, or put the text in quotes", fix)
        else:
            message = f"the space behind the colon makes a key out of `{key.text}`"
            self.report("IAM027", message, node.span, "remove the space, or put the text in quotes", fix)


def one_or_more(node: Node) -> tuple[Node, ...]:
    """The items of a list; anything else is a list of one."""
    return node.items if isinstance(node, Sequence) else (node,)


def _split_by_colon(node: Node) -> Entry | None:
    """The one entry of a mapping that was surely meant as a text, such as `arn:aws:s3:::bucket:`."""
    if not isinstance(node, Mapping) or node.flow or len(node.entries) != 1:
        return None
    entry = node.entries[0]
    return entry if isinstance(entry.value, Scalar) and entry.span.text.count("\n") == 0 else None
