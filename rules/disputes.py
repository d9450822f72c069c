"""What a graduate declares in a dispute, word for word, and the words that hint at one."""

from collections.abc import Mapping
from functools import cached_property

from pydantic import Field

from rules.parts import Part, bare
from rules.taxonomy import DestinationClass


class Sentence(Part):
    """`official` is the ministry's own wording; the others are ours and are counted apart."""

    key: str
    zh_CN: str
    en: str
    official: bool


class Disputes(Part):
    sentences: Mapping[DestinationClass, Sentence] = Field(alias="sentence")
    hints: tuple[str, ...]

    def button(self, cls: DestinationClass) -> bool:
        return cls in self.sentences

    def sentence(self, cls: DestinationClass) -> Sentence:
        """Raises LookupError for a class that cannot be disputed; ask `button` first."""
        return self.sentences[cls]

    def hinted(self, text: str) -> bool:
        words = bare(text)
        return any(hint in words for hint in self._hints)

    @cached_property
    def _hints(self) -> tuple[str, ...]:
        return tuple(bare(hint) for hint in self.hints)
