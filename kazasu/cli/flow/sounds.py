"""`kazasu flow sounds FOLDER`: what is played, and what is missing is made where it can be."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from bilingual.text import Bilingual
from ivr.flow_library.bundles import SITE_FILE
from ivr.flow_library.recordings import Recording
from kazasu.cli.flow.language import language
from kazasu.cli.flow.named_flows import flows_folder
from kazasu.error_lines import complain_of_settings, say
from kazasu.sounds.missing import Made, make_missing
from kazasu.sounds.spoken import japanese_voice
from kazasu.wiring.flow_files.opened_folder import open_folder
from kazasu.wiring.flow_files.recordings import Recordings

_WORDS: Final[Mapping[str, Bilingual]] = {
    "made": Bilingual(ja="作りました", en="made"),
    "no_voice": Bilingual(
        ja="ありません。録音するか、日本語の音声を入れてください: pip install 'kazasu[tts]'",
        en="missing. Record it, or install the Japanese voice: pip install 'kazasu[tts]'",
    ),
    "unreadable": Bilingual(
        ja="WAV(PCM)として読めません", en="not a WAV recording of plain samples"
    ),
    "nothing": Bilingual(ja="音声ファイルはありません", en="no audio files"),
}


def sounds(*, folder: str, as_json: bool, lang: str) -> int:
    """1 where something is still missing or not as the line has it, 2 for no flows folder."""
    spoken = language(lang)
    with complain_of_settings():
        place = flows_folder(Path(folder))
        if place is None:
            say(f"{folder}: no folder with {SITE_FILE}")
            return 2
        made = make_missing(open_folder(place), japanese_voice())
        known = Recordings(place)
        there = [(name, one) for name in known.names() if (one := known.look(name)) is not None]
        if as_json:
            print(_json(made, there))
        else:
            for line in _lines(made, there, spoken):
                print(line)
        good = all(one.done for one in made) and not any(one.unfit for _, one in there)
        return 0 if good else 1
    return 2


def _lines(
    made: Sequence[Made], there: Sequence[tuple[str, Recording]], spoken: str
) -> Sequence[str]:
    new = {one.path for one in made if one.done}
    lines = [
        f"{name} {one.seconds:.1f} s {one.coded or '8000 Hz, 1 ch, 16 bit'}"
        + (f" ({_WORDS['made'].told(spoken)})" if name in new else "")
        if one.seconds
        else f"{name}: {_WORDS['unreadable'].told(spoken)}"
        for name, one in there
    ]
    lines += [f"{one.path}: {_WORDS['no_voice'].told(spoken)}" for one in made if not one.done]
    return lines or [_WORDS["nothing"].told(spoken)]


def _json(made: Sequence[Made], there: Sequence[tuple[str, Recording]]) -> str:
    rows = [{"path": name, **asdict(one), "unfit": one.unfit} for name, one in there]
    document = {"recordings": rows, "made": [asdict(one) for one in made]}
    return json.dumps(document, ensure_ascii=False, indent=2)
