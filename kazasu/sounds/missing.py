"""What the flows of a folder play and nobody has put there: made, where we can.

Hold sounds always; recordings of Japanese prompts where the optional voice is installed. What is
left is an error of the linter (P008): a caller would hear nothing there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ivr.flow_engine.reader import read_flow
from ivr.flow_engine.source.whole_flow import WholeFlow
from kazasu.sounds.hold_sound import hold_sound
from kazasu.sounds.spoken import JAPANESE, Voice
from kazasu.wiring.flow_files.opened_folder import OpenedFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """`path` is below the flows folder. `words` is what is said there, "" for a hold sound;
    `done` is false where there is no voice for it."""

    path: str
    words: str
    done: bool


def make_missing(opened: OpenedFolder, voice: Voice | None) -> tuple[Made, ...]:
    """Never writes over a file. OSError where the folder cannot be written."""
    return tuple(_made(opened, voice))


def _made(opened: OpenedFolder, voice: Voice | None) -> Iterator[Made]:
    for path, (language, words) in sorted(_missing(opened).items()):
        content = None
        if not words:
            content = hold_sound()
        elif voice is not None and language == JAPANESE:
            content = voice(words)
        if content is not None:
            _write(opened.path, path, content)
        yield Made(path=path, words=words, done=content is not None)


def _missing(opened: OpenedFolder) -> Mapping[str, tuple[str, str]]:
    """Path -> language and words, both empty for a hold sound."""
    found: dict[str, tuple[str, str]] = {}
    for flow_id in opened.flow_ids if opened.site is not None else ():
        assert opened.site is not None
        whole = read_flow(opened.files.texts, flow_id, opened.site).whole
        if whole is not None:
            spoken = _spoken(whole)
            found |= {path: spoken.get(path, ("", "")) for path in whole.audio}
    there = opened.files.audio_hashes
    return {path: what for path, what in found.items() if path not in there and _ours(path)}


def _spoken(whole: WholeFlow) -> Mapping[str, tuple[str, str]]:
    return {
        text.play: (language, text.text)
        for by_language in whole.prompts.texts.values()
        for language, text in by_language.items()
        if text.play and text.text and "{{" not in text.text
    }


def _ours(path: str) -> bool:
    return path.startswith("audio/") and path.endswith(".wav") and ".." not in Path(path).parts


def _write(folder: Path, path: str, content: bytes) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("xb") as new:
        new.write(content)
