"""Names of languages in other languages, as they stand in a wish: "auf Englisch", "en inglés"."""

from __future__ import annotations

# In the order of CODES.
CODES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "ja", "ko", "zh")
# The text before a name, the names, the text after it, as patterns.
FORMS = (
    (
        r"\bauf\s+",
        "englisch deutsch französisch spanisch italienisch portugiesisch niederländisch polnisch "
        "russisch japanisch koreanisch chinesisch",
        r"\b",
    ),
    (
        r"\ben\s+",
        "anglais allemand français espagnol italien portugais néerlandais polonais russe japonais "
        "coréen chinois",
        r"\b",
    ),
    (
        r"\b(?:en|al)\s+",
        "inglés alemán francés español italiano portugués (?:neerlandés|holandés) polaco ruso "
        "japonés coreano chino",
        r"\b",
    ),
    (
        r"\bin\s+(?:lingua\s+)?",
        "inglese tedesco francese spagnolo italiano portoghese olandese polacco russo giapponese "
        "coreano cinese",
        r"\b",
    ),
    (
        r"\b(?:em|para(?:\s+o)?)\s+",
        "inglês alemão francês espanhol italiano português (?:holandês|neerlandês) "
        "(?:polonês|polaco) russo japonês coreano chinês",
        r"\b",
    ),
    (
        r"\b(?:in|naar)\s+het\s+",
        "engels duits frans spaans italiaans portugees nederlands pools russisch japans koreaans "
        "chinees",
        r"\b",
    ),
    (
        r"\bpo\s+",
        "angielsku niemiecku francusku hiszpańsku włosku portugalsku niderlandzku polsku rosyjsku "
        "japońsku koreańsku chińsku",
        r"\b",
    ),
    (
        r"\bна\s+",
        "английском немецком французском испанском итальянском португальском "
        "(?:нидерландском|голландском) польском русском японском корейском китайском",
        r"\b",
    ),
    (
        r"\bпо-",
        "английски немецки французски испански итальянски португальски "
        "(?:нидерландски|голландски) польски русски японски корейски китайски",
        r"\b",
    ),
    (
        "",
        "英語 ドイツ語 フランス語 スペイン語 イタリア語 ポルトガル語 オランダ語 ポーランド語 "
        "ロシア語 日本語 韓国語 中国語",
        r"(?=で|に(?:訳|翻訳|要約|まとめ))",
    ),
    (
        "",
        "영어 독일어 프랑스어 스페인어 이탈리아어 포르투갈어 네덜란드어 폴란드어 러시아어 일본어 "
        "한국어 중국어",
        "(?=로)",
    ),
    (
        "[用以成为為]",
        "英[文语語] 德[文语語] 法[文语語] 西班牙[文语語] (?:意大利|義大利)[文语語] 葡萄牙[文语語] "
        "(?:荷兰|荷蘭)[文语語] (?:波兰|波蘭)[文语語] 俄[文语語] 日[文语語] [韩韓][文语語] "
        "(?:中文|汉语|漢語|简体中文|簡體中文)",
        "",
    ),
)
