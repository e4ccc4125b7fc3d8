"""`kazasu card list|issue|revoke`: the synthetic cards of the demo's own PKI."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from kazasu.demo import linkage
from kazasu.demo.place import Place
from kazasu.deployment_errors import complain
from kazasu.error_lines import say
from stand_ins.card.titles import title
from stand_ins.jpki.cards import DEMO_CARDS, issue_card
from stand_ins.jpki.pki import load_pki, refresh_crls
from stand_ins.jpki.pki import revoke as revoke_certificate

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


def list_cards(*, as_json: bool, data: str) -> int:
    place = Place(folder=Path(data).resolve())
    names = [*DEMO_CARDS, *place.own_cards(DEMO_CARDS)]
    rows = [
        {
            "name": name,
            "does": title(name).en_line,
            "issued": (place.cards / f"{name}.json").exists(),
        }
        for name in names
    ]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            print(f"{row['name']:<18} {row['does']}")
    return 0


def issue(*, name: str, like: str, data: str) -> int:
    """2 for a name or a model that cannot be used."""
    if not _NAME.fullmatch(name):
        say(f"{name}: a name is a-z, 0-9 and -, beginning with a letter")
        return 2
    if name in DEMO_CARDS:
        say(f"{name}: every demo has a card of that name; name another one")
        return 2
    if like not in DEMO_CARDS:
        say(f"--like {like}: there are {', '.join(DEMO_CARDS)}")
        return 2
    with complain():
        place = _with_pki(data)
        now = datetime.now(UTC)
        issue_card(load_pki(place.pki), name, DEMO_CARDS[like], now=now)
        refresh_crls(load_pki(place.pki), now)
        linkage.write(place, now)
        print(f"issued {name} (behaves as {like}, but no contract is linked to it)")
        return 0
    return 2


def revoke(*, name: str, reason: str, data: str) -> int:
    """1 for a card that was never issued, 2 for a reason that does not exist."""
    with complain():
        pki = load_pki(_with_pki(data).pki)
        try:
            for purpose in ("auth", "sign"):
                revoke_certificate(pki, name, purpose, reason, datetime.now(UTC))
        except KeyError:
            say(f"{name}: no such card was issued")
            return 1
        except ValueError:
            say(f"--reason {reason}: no such reason in a revocation list (RFC 5280)")
            return 2
        print(f"revoked {name}: {reason}")
        return 0
    return 2


def named(place: Place, name: str) -> bool:
    """Whether this demo has such a card; says which there are when it has not."""
    cards = [*DEMO_CARDS, *place.own_cards(DEMO_CARDS)]
    if name not in cards:
        say(f"--card {name}: no such test card; there are {', '.join(cards)}")
    elif not (place.cards / f"{name}.json").exists():
        say(f"{place.cards}: the cards are not made yet; run: kazasu demo")
    else:
        return True
    return False


def _with_pki(data: str) -> Place:
    place = Place(folder=Path(data).resolve())
    if not (place.pki / "anchors").is_dir():
        raise FileNotFoundError(2, "there is no demo here yet; run: kazasu demo", str(place.pki))
    return place
