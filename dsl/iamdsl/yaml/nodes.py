"""Located YAML: text to nodes that know where they were written, in a strict subset.

Every scalar is text: no octal numbers, no dates, no `no` that turns false. Anchors, aliases, merge keys,
tags, duplicate keys and second documents are refused. The event stream is walked with a stack of our own, so
neither deep nesting nor an alias bomb costs more than reading the text.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import field
from typing import TYPE_CHECKING, Any, TypeAlias

from iamdsl.diagnostics import Diagnostic, Label, report
from iamdsl.source import Source, Span
from iamdsl.values import dataclass
from iamdsl.yaml.broken import MAX_DEPTH, explain, too_deep

if TYPE_CHECKING:
    import yaml

MAX_BYTES = 1024 * 1024
"""The largest text that is read, in bytes of UTF-8."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text. `span` includes the quotes; `plain` says that there are none."""

    text: str
    plain: bool
    span: Span = field(compare=False, repr=False)

    @property
    def null(self) -> bool:
        """Whether nothing at all was written, as behind the colon of `read:`."""
        return self.plain and not self.text

    def part(self, start: int, end: int) -> Scalar:
        """The characters [start, end) of the text; without escapes and folded lines also their own place."""
        text, written = self.text[start:end], self.span.text
        quote = 0 if self.plain else 1
        if written[quote : len(written) - quote] != self.text:
            return Scalar(text, self.plain, self.span)
        return Scalar(text, self.plain, self.span.part(quote + start, quote + end))


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list, in block or flow style."""

    items: tuple[Node, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping with its value."""

    key: Scalar
    value: Node

    @property
    def span(self) -> Span:
        """From the key to the end of the value."""
        return self.key.span.to(self.value.span)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping in the author's order; no key occurs twice."""

    entries: tuple[Entry, ...]
    flow: bool
    span: Span = field(compare=False, repr=False)


Node: TypeAlias = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True)
class Located:
    """What `locate` found: the top node, or None where nothing can be made of the text."""

    root: Node | None
    diagnostics: tuple[Diagnostic, ...]


def locate(source: Source) -> Located:
    """The nodes of a YAML text. Any text gives a result; nothing is raised."""
    if _too_large(source.text):
        message = "the file is larger than 1 MiB"
        help_ = "divide it into several files"
        return Located(None, (report("IAM009", message, source.span(0, 0), help=help_),))
    import yaml

    builder = _Builder(source)
    loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        with closing(yaml.parse(builder.text, Loader=loader)) as events:  # type: ignore[type-var]
            for event in events:
                if not builder.take(event):
                    break
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        builder.diagnostics.append(explain(error, source, builder.shift))
        builder.root = None
    return builder.result()


def _too_large(text: str) -> bool:
    """Whether the text exceeds MAX_BYTES; the encoding is made only where the length leaves a doubt."""
    if len(text) * 4 <= MAX_BYTES:
        return False
    return len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is still open. `key` waits for its value; None in a list or before a key."""

    mapping: bool
    flow: bool
    start: int
    end: int
    items: list[Node] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    keys: dict[str, Scalar] = field(default_factory=dict)
    key: Scalar | None = None
    skip: bool = False


class _Builder:
    """Turns events into nodes, one at a time."""

    def __init__(self, source: Source) -> None:
        self.source = source
        # The C loader does not count a byte order mark and the Python one does: neither shall see it.
        self.shift = 1 if source.text.startswith("\ufeff") else 0
        self.text = source.text[self.shift :]
        self.root: Node | None = None
        self.diagnostics: list[Diagnostic] = []
        self._frames: list[_Frame] = []
        self._documents = 0
        self._anchors: dict[str, Diagnostic] = {}
        self._tags: list[Diagnostic] = []
        self._merges: list[Diagnostic] = []

    def result(self) -> Located:
        """The root, unless what was refused leaves holes in it, and the findings."""
        refused = [*self._anchors.values(), *self._tags]
        refused += [] if self._anchors else self._merges
        return Located(None if refused else self.root, (*self.diagnostics, *refused))

    def take(self, event: yaml.Event) -> bool:
        """Build on `event`; False when there is no sense in reading on."""
        import yaml

        if isinstance(event, yaml.ScalarEvent):
            self._refuse(event)
            self._add(self._scalar(event))
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
            self._add(Scalar("", True, self._span(event)))
        elif isinstance(event, yaml.CollectionStartEvent):
            self._refuse(event)
            return self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            return self._document(event)
        return True

    def _span(self, event: yaml.Event) -> Span:
        return self.source.span(self._offset(event.start_mark), self._offset(event.end_mark))

    def _offset(self, mark: Any) -> int:
        index: int = mark.index
        return index + self.shift

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        span = self._span(event)
        if event.style in {"|", ">"}:
            span = span.part(0, len(span.text.rstrip()))
        if event.style == '"' and not event.value.replace("\n", "").replace("\t", "").isprintable():
            message = "an escape in this text makes a character that cannot be seen"
            self.diagnostics.append(report("IAM703", message, span, help="remove the escape"))
        return Scalar(event.value, event.implicit[0], span)

    def _document(self, event: yaml.Event) -> bool:
        self._documents += 1
        if self._documents == 1:
            return True
        message = "a second YAML document begins here"
        help_ = "keep one document in a file: remove the `---` or move what follows to another file"
        self.diagnostics.append(report("IAM024", message, self._span(event), help=help_))
        return False

    def _open(self, event: yaml.CollectionStartEvent) -> bool:
        import yaml

        span = self._span(event)
        if len(self._frames) == MAX_DEPTH:
            self.diagnostics.append(too_deep(span))
            self._frames.clear()
            return False
        mapping = isinstance(event, yaml.MappingStartEvent)
        self._frames.append(_Frame(mapping, bool(event.flow_style), span.start, span.end))
        return True

    def _close(self, event: yaml.Event) -> None:
        frame = self._frames.pop()
        # A block collection ends, for YAML, where the next token begins: lines too late.
        end = self._offset(event.end_mark) if frame.flow else frame.end
        span = self.source.span(frame.start, end)
        if frame.mapping:
            self._add(Mapping(tuple(frame.entries), frame.flow, span))
        else:
            self._add(Sequence(tuple(frame.items), span))

    def _add(self, node: Node) -> None:
        """Put a finished node into the innermost open collection."""
        if not self._frames:
            self.root = node
            return
        frame = self._frames[-1]
        frame.end = max(frame.end, node.span.end)
        if not frame.mapping:
            frame.items.append(node)
        elif frame.skip:
            frame.skip = False
        elif frame.key is None:
            self._key(frame, node)
        else:
            frame.entries.append(Entry(frame.key, node))
            frame.key = None

    def _key(self, frame: _Frame, node: Node) -> None:
        """Note `node` as the key of the next value, or skip that value when the key is refused."""
        if not isinstance(node, Scalar):
            help_ = "a text with brackets or braces needs quotes"
            self.diagnostics.append(report("IAM025", "a key must be plain text", node.span, help=help_))
            frame.skip = True
            return
        if node.plain and node.text == "<<":
            message = "`<<` is a YAML merge key; merge keys are not accepted"
            self._merges.append(report("IAM022", message, node.span, help="write the keys out"))
        first = frame.keys.setdefault(node.text, node)
        if first is not node:
            labels = [Label(first.span, "first given here")]
            message = f"the key `{node.text}` is given twice"
            self.diagnostics.append(report("IAM021", message, node.span, label="again here", labels=labels))
            frame.skip = True
            return
        frame.key = node

    def _refuse(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        """Report an anchor or a tag."""
        start = self._offset(event.start_mark)
        if event.anchor is not None:
            start = self.source.text.index("&", start)
            span = self.source.span(start, start + 1 + len(event.anchor))
            message = f"`&{event.anchor}` is a YAML anchor; anchors and aliases are not accepted"
            help_ = "write the values out at each place that needs them"
            self._anchors.setdefault(event.anchor, report("IAM022", message, span, help=help_))
        if event.tag is not None:
            start = self.source.text.index("!", start)
            written = self.source.text[start:].split(None, 1)[0]
            span = self.source.span(start, start + len(written))
            message = f"`{written}` is a YAML tag; tags are not accepted"
            help_ = "remove the tag: every value is read as it is written"
            self._tags.append(report("IAM023", message, span, help=help_))

    def _alias(self, event: yaml.AliasEvent) -> None:
        """Report an alias, unless its anchor has been reported: that is one mistake."""
        name = event.anchor or ""
        message = f"`*{name}` is a YAML alias; anchors and aliases are not accepted"
        help_ = f'a text that begins with a star needs quotes: "*{name}"'
        self._anchors.setdefault(name, report("IAM022", message, self._span(event), help=help_))
