"""Invented people who hold the synthetic cards. Nobody here exists."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """Romanised as certificates carry it; `code` is the five-digit municipality code (invented)."""

    prefecture: str
    city: str
    code: str

    @property
    def slug(self) -> str:
        return self.city.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The four attributes as the signature certificate carries them.

    `birth_date` is `EYYYYMMDD` (era digit, Gregorian date, unknown parts zero), `sex` 1, 2 or 9;
    the flag strings hold one 0 or 1 per character, 1 where a substitute stands for the
    register's own character.
    """

    name: str
    sex: str
    birth_date: str
    address: str
    home: Municipality
    name_flags: str = ""
    address_flags: str = ""

    def flags_of_name(self) -> str:
        return self.name_flags or "0" * len(self.name)

    def flags_of_address(self) -> str:
        return self.address_flags or "0" * len(self.address)


KAZEMICHI: Final = Municipality(prefecture="Kasumi-ken", city="Kazemichi-shi", code="98101")
TSUKINO: Final = Municipality(prefecture="Kasumi-ken", city="Tsukino-machi", code="98341")
HOSHIGAOKA: Final = Municipality(prefecture="Akane-ken", city="Hoshigaoka-shi", code="97202")
# Publishes no revocation list: whoever lives here cannot be checked.
ARAISO: Final = Municipality(prefecture="Akane-ken", city="Araiso-mura", code="97305")

PUBLISHING: Final = (KAZEMICHI, TSUKINO, HOSHIGAOKA)

PEOPLE: Final[dict[str, Person]] = {
    "hanako": Person(
        name="風道　花子",
        sex="2",
        birth_date="319560412",
        address="霞県風道市港町一丁目2番3号",
        home=KAZEMICHI,
    ),
    "taro": Person(
        name="月野　太郎",
        sex="1",
        birth_date="319791103",
        address="霞県月野町大字上月野123番地4",
        home=TSUKINO,
    ),
    "ume": Person(
        name="星岡　梅",
        sex="2",
        birth_date="319360000",
        address="茜県星岡市坂上4番地",
        home=HOSHIGAOKA,
    ),
    "ken": Person(
        name="髙浜　健",
        sex="1",
        birth_date="419900228",
        address="霞県風道市浜通り七丁目15番12-405号",
        home=KAZEMICHI,
        name_flags="1000",
    ),
    "midori": Person(
        name="緑川　みどり",
        sex="2",
        birth_date="419950708",
        address=(
            "茜県星岡市大字下星岡字北原前二千番地三十四番星岡ニュータウン第三期分譲住宅地区"
            "グリーンヒルズ星岡北館二十五階2503号室"
        ),
        home=HOSHIGAOKA,
    ),
    "sora": Person(
        name="空木　そら",
        sex="9",
        birth_date="520190501",
        address="霞県月野町大字下月野7番地",
        home=TSUKINO,
    ),
    "jiro": Person(
        name="磯部　次郎",
        sex="1",
        birth_date="319641010",
        address="茜県荒磯村字浜1番地",
        home=ARAISO,
    ),
    "maria": Person(
        name="海外　まりあ",
        sex="2",
        birth_date="419891225",
        address="アメリカ合衆国(国外転出者)",
        home=KAZEMICHI,
    ),
    "saburo": Person(
        name="波多野　三郎",
        sex="1",
        birth_date="319550131",
        address="霞県風道市中央二丁目8番",
        home=KAZEMICHI,
    ),
    "yuki": Person(
        name="雪村　由紀",
        sex="2",
        birth_date="319830214",
        address="茜県星岡市雪見町三丁目1番1号",
        home=HOSHIGAOKA,
    ),
}
