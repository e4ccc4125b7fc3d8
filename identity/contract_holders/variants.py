"""異体字: characters that names and addresses write in several ways, and what stands for none.

Each group is one character in the shapes that registers, business systems and their holders use:
old and new forms (常用漢字表, 人名用漢字表, 戸籍統一文字 give both), and those beside them that
family names carry. Two characters of one sound that are two names (斉 and 斎, 太 and 大, 巖 and 岩)
are in no group together: a different name must not look like the same one.

外字: where a code set lacks a character, systems put another thing in its place. Such a place says
only that something stands there. The card marks its own by flags; a business's records show them
as private-use characters or by the usual stand-ins.
"""

import unicodedata
from collections.abc import Mapping
from typing import Final

_GROUPS: Final = """
高髙 崎﨑嵜 辺邊邉 斎齋 斉齊 浜濱濵 沢澤 広廣 国國圀 栄榮 島嶋嶌㠀 桜櫻 真眞 滝瀧 静靜 恵惠 徳德
竜龍 条條 寿壽 円圓 蔵藏 実實 豊豐 与與 黒黑 清淸 増增 曽曾 会會 学學斈 万萬 礼禮 弥彌 来來 晋晉
関關 鉄鐵鐡 図圖 県縣 区區 富冨 吉𠮷 槙槇 荘莊 桧檜 篭籠 莱萊 蒋蔣 頼賴 遥遙 郷鄕 剣劍釼劔劒
鴎鷗 麹麴 鶏鷄雞 仮假 仏佛 伝傳 児兒 凛凜 単單 厳嚴 壮壯 寛寬 将將 専專 巌巖 庁廳 彦彥 慎愼 戸戶
拝拜 揺搖 摂攝 収收 叙敍 昂昻 暁曉 歩步 歴歷 毎每 温溫 瀬瀨 湾灣 瓶甁 尽盡 研硏 穂穗 並竝 緒緖
縁緣 総總 聡聰 聴聽 台臺 館舘 薫薰 芸藝 虚虛 蝉蟬 衛衞 装裝 譲讓 予豫 弐貳 転轉 鎮鎭 陥陷 隠隱
雑雜 覇霸 霊靈 顕顯 駅驛 髪髮 闘鬪 塩鹽 麦麥 歯齒 亀龜 柳栁桺 桑桒 熙熈凞煕 峰峯 岳嶽 松枩 梅楳
野埜 原厡 土圡 船舩 渕淵渊 柏栢 橋槗 検檢 権權 歓歡 気氣 浅淺 渓溪 満滿 済濟 渋澁澀 潜潛 点點
為爲 灯燈 犠犧 独獨 画畫 当當 畳疊 発發 盗盜 砕碎 礒磯 称稱 秋穐 窓窻窗 竪豎 粋粹 糸絲 経經 継繼
続續 縄繩 繊纖 声聲 茎莖 蛍螢 覚覺 観觀 触觸 証證 読讀 賛贊 践踐 軽輕 辞辭 逓遞 遅遲 郎郞 酔醉
釈釋 銭錢 鋳鑄 閲閱 随隨 険險 駆驅 騒騷 験驗 鶴靏靎 麿麽 黙默 芦蘆 祢禰 祷禱 鰺鯵 鴬鶯 蝋蠟 掻搔
頬頰 填塡 剥剝 呑吞 嘘噓 繋繫 躯軀 餅餠 侠俠 尭堯 晃晄 桝枡 悦悅 税稅 脱脫 説說 鋭銳 戻戾 涙淚
緑綠 録錄 禄祿 横橫 鉱鑛 拡擴 応應 労勞 営營 挙擧 誉譽 剤劑
"""
"""One group a word; the first is how the others are read."""

_GROUP_OF: Final[Mapping[str, str]] = {
    shape: group[0] for group in reversed(_GROUPS.split()) for shape in group
}
_STAND_INS: Final = frozenset("〓□■●＊*?？�")


def plain(character: str) -> str:
    """The shape that all shapes of a character are compared by. Compatibility characters (神 for
    神) are shapes too, by Unicode's own table."""
    composed = unicodedata.normalize("NFC", character)
    return _GROUP_OF.get(composed, composed)


def stands_for_another(character: str) -> bool:
    """Whether a character of a business's record says only that one stands there."""
    return character in _STAND_INS or unicodedata.category(character) == "Co"


def is_selector(character: str) -> bool:
    """A variation selector: it chooses a shape of the character before it."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
