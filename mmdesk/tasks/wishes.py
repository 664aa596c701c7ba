"""Wish for a summary, as people write it: whether it is one, how long and in which form.

Rules for English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Russian, Japanese,
Korean and Chinese. A question about a document that merely has one of the words ("in this resume",
"at which key point", "who wrote the summary?") is no wish.
"""

from __future__ import annotations

import re

from mmdesk.tasks.summarise import MIN_WORDS, SummaryWish
from mmdesk.text import CJK, named_in

_FLAGS = re.IGNORECASE | re.DOTALL

# Verbs: a wish wherever they stand, but in questions.
_VERB = re.compile(
    r"\b(?:summari[sz]e|sum\s+(?:(?:it|this|that|these|those|everything|all)\s+)?"
    r"(?:all\s+)?up|recap"
    r"|condense|boil\s+.{1,60}?\s+down|tl\s?;?\s?dr|eli5|shorten|abridge"
    r"|make\s+(?:it|this|that)\s+(?:\w+\s+)?shorter|(?:cut|pare)\s+(?:it|this|that)\s+down"
    r"|reduce\s+(?:it|this|the|these)\b.{0,40}?\s+to|abstract\s+(?:this|the)"
    r"|explain\s+(?:it|this|the)\s+(?:\w+\s+)?in\s+\w+\s+(?:sentences?|paragraphs?|words))\b"
    r"|\bfass(?:e|t|en)?\b.{0,90}?\bzusammen\b|\bzusammen(?:zu)?fass(?:en|e|t)\b"
    r"|\bkürz(?:e|en)?\b.{0,60}\bauf\b"
    r"|\brésum(?:e|er|ez|ons|es)\b(?!\s*\?)|\bresume[rz]?\s+(?:moi|ce|cet|cette|ces|le|les|ça)\b"
    r"|\b(?:synthétise[rz]?|récapitule[rz]?)\b"
    r"|\bresum(?:e|a|an|en)\s+(?:me\s+)?(?:el|los|las|este|esta|estos|estas|esto|eso|todo|toda"
    r"|o|os|as|isto|isso|tudo|brevemente|en|em|a\s+(?:história|notícia|matéria|reunião|carta))\b"
    r"|\bresum(?:ir|irlo|irla|irme|amos|ámoslo|indo)\b|\bresúme(?:me|lo|la|los|melo|nos)\b"
    r"|\bresumi[dr]\b|\bresum(?:e|a)-(?:me|o)\b|\bsintetiz(?:a|ar|e)\b|\bsintetizz(?:a|are|ate|i)\b"
    r"|\briassum(?:i|ere|ete|imi|ilo|ila|iamo|a)\b"
    r"|\bvat\b.{0,90}?\bsamen\b|\bsamen(?:\s+te\s+|\s+)?vat(?:ten)?\b|\bsamenvatten\b"
    r"|\b(?:streść|streścić|streszczać|podsumuj|podsumować|podsumujmy|skróć)\b"
    r"|\b(?:резюмируй(?:те)?|резюмировать|подытожь(?:те)?|подытожить|суммируй(?:те)?"
    r"|обобщи(?:те|ть)?"
    r"|перескажи(?:те)?|пересказать|сократи(?:те)?)\b|\bкратко\s+(?:изложи|опиши|расскажи|передай)"
    r"|要約(?:し|を|$|[。！!]|\s)|まとめて|要点を|かいつまんで|概要を(?:教|書|まとめ|作)"
    r"|요약|간추려|(?:내용|요점|핵심)[을를만]?\s*(?:\S+\s*가지로\s*)?정리"
    r"|(?:列出|整理|提炼|提煉|找出).{0,4}?重[点點]"
    r"|总结|總結|概括|概述|归纳|歸納|简述|簡述|浓缩|濃縮|缩写成|主要内容|主要內容|要点|要點|摘要|大意",
    _FLAGS,
)
# Nouns: a wish at the beginning, after a verb of asking, before "please".
_NOUN = (
    r"(?:summary|summaries|gist|synopsis|short(?:er)?\s+version|run-?down"
    r"|overview(?=\s+of\b)|highlights|(?:main|key|important)\s+(?:points|takeaways|ideas|facts)"
    r"|takeaways|in\s+a\s+nutshell"
    r"|zusammenfassung|kurzfassung|überblick|hauptpunkte|kernaussagen|kernpunkte"
    r"|(?:wichtigsten?|zentralen?)\s+(?:punkte|aussagen|inhalte)"
    r"|résumé|synthèse|points\s+(?:clés|essentiels|principaux)|principaux\s+points"
    r"|resumen|síntesis|puntos\s+(?:clave|principales)|ideas\s+principales"
    r"|riassunto|sintesi|riepilogo|punti\s+(?:chiave|principali)"
    r"|resumo|síntese|pontos[\s-](?:chave|principais)"
    r"|samenvatting|hoofdpunten|kernpunten|belangrijkste\s+punten"
    r"|streszczenie|podsumowanie|najważniejsze\s+(?:punkty|informacje)"
    r"|краткое\s+(?:содержание|изложение)|резюме|выжимку|выжимка|основные\s+(?:мысли|тезисы|пункты)"
    r"|главные\s+мысли)"
)
_ASKING = (
    r"(?:give|write|make|create|produce|provide|prepare|need|want|like|get|show|draft|generate|send"
    r"|list|name|extract|pull\s+out|tell|have|do|offer|present|return|put"
    r"|gib|gebt|geben|schreib(?:e|en|t)?|erstell(?:e|en|t)?|mach(?:e|en|t)?|nenne?n?|liste?n?"
    r"|brauche|hätte|möchte|will|zeig(?:e|en)?|verfass(?:e|en)?"
    r"|fais|faites|faire|donne[rz]?|écri(?:s|re|vez)|rédige[rz]?|propose[rz]?|veux|voudrais|besoin"
    r"|liste[rz]?"
    r"|haz(?:me)?|hacer(?:me)?|dame|dar(?:me)?|escrib(?:e|ir|a)|prepara|necesito|quiero|quisiera"
    r"|crea|genera|elabora|lista"
    r"|fai|fammi|fare|farmi|dammi|scriv(?:i|ere|imi)|vorrei|voglio|elenca"
    r"|faz|faça|fazer|dá|dê|me\s+dê|escreva?|escrever|quero|preciso|gostaria|gere|crie|liste"
    r"|geef|schrijf|maak|wil|graag|noem|nodig"
    r"|napisz|zrób|przygotuj|podaj|daj|potrzebuję|chcę|poproszę|wypisz|stwórz"
    r"|напиши(?:те)?|сделай(?:те)?|дай(?:те)?|составь(?:те)?|подготовь(?:те)?|нужно|нужна|хочу"
    r"|перечисли(?:те)?)"
)
# Nothing between the two that makes the noun a part of something else: "the date of the summary".
_BETWEEN = (
    r"(?:(?!\b(?:of|in|from|about|with|after|before|und|aus|von|im|vom|de\s+la|del|dans|nella|nel"
    r"|van|z|ze|из)\b).){0,60}?"
)
_NOUN_WISH = re.compile(
    r"(?:^\W*|[:;]\s+)(?!quote|translat|delet|remov|read|find|check|open|cop[yi]|correct|print"
    r"|compar|rewrit|edit|explain|improv|see|accord|zitier|lies|übersetz|cite|traduis)"
    rf"(?:please\s+|bitte\s+|an?\s+|the\s+|eine?\s+|un[ae]?\s+|een\s+)?(?:[\w-]+\s+){{0,2}}"
    rf"{_NOUN}\b(?=\s*(?:$|[.,:;!?]|of\b|in\b|please|von\b|d[eiu]\b|des\b|der\b|van\b|as\b|als\b"
    rf"|auf\b|bref\b|brève\b|court[e]?\b|en\b|em\b|w\b|на\b|по\b|для\b|текста|this|with|\())"
    rf"|\b{_ASKING}\b{_BETWEEN}\b{_NOUN}\b"
    rf"|\b{_NOUN}\b\W*(?:please|bitte|por favor|per favore|s'il (?:te|vous) pla[iî]t|alstublieft"
    r"|proszę|пожалуйста)",
    _FLAGS,
)
# Questions whose answer is a summary.
_QUESTION_WISH = re.compile(
    r"^\W*(?:what(?:'s|’s| is| are)\s+(?:the\s+)?(?:(?:\d+|two|three|four|five|six|seven"
    r"|eight|ten)\s+)?(?:gist|(?:main|key|most important)\s+(?:points?"
    r"|takeaways?|ideas?))\b(?!\s+(?:that|where|at which|when))"
    r"|what\s+is\s+the\s+summary\s+of\b"
    r"|what(?:'s|’s|\s+is)\s+(?:this|it|the\s+\w+)\s+(?:all\s+)?about,?\s+in\s+\w+\s+"
    r"(?:sentences?|words)\b"
    r"|was\s+(?:sind|ist)\s+(?:die|der)\s+(?:hauptpunkte?|kernaussagen?|kernpunkte"
    r"|(?:wichtigsten?|zentralen?)\s+(?:punkte|aussagen?|inhalte))"
    r"|quels?\s+sont\s+les\s+(?:principaux\s+points|points\s+(?:clés|principaux|essentiels))"
    r"|cuáles\s+son\s+(?:los\s+puntos|las\s+ideas)\s+(?:clave|principales)"
    r"|quali\s+sono\s+i\s+punti\s+(?:chiave|principali)"
    r"|quais\s+são\s+os\s+(?:pontos|principais\s+pontos)"
    r"|wat\s+zijn\s+de\s+(?:hoofdpunten|kernpunten|belangrijkste\s+punten)"
    r"|jakie\s+są\s+najważniejsze\s+(?:punkty|informacje))",
    _FLAGS,
)
# Questions that begin so ask for one thing, whatever words they have.
_QUESTION = re.compile(
    r"^\W*(?:who|whom|whose|when|where|why|how|which|what|does|do|did|is|are|was|were|has|have|had"
    r"|(?:in|at|on|from|to|by|of|for|with)\s+(?:which|what|whom)"
    r"|wer|wen|wem|wessen|wann|wo|woher|wohin|warum|wieso|wie|welche[rsmn]?|was"
    r"|(?:in|an|auf|von|mit|zu|bei)\s+welche[rsmn]?|ist|sind|hat|haben|steht|gibt"
    r"|qui|quand|où|pourquoi|comment|combien|quel(?:le)?s?|que|quoi|est-ce"
    r"|quién(?:es)?|cuándo|dónde|cómo|cuánt[oa]s?|cuál(?:es)?|qué|por\s+qué"
    r"|chi|dove|perché|come|quant[oaie]|qual[ei]?|cosa|che|c'è"
    r"|quem|onde|quanto?s?|quais|por\s+que|o\s+que"
    r"|wie|waar|waarom|wanneer|hoe|hoeveel|welke?|wat"
    r"|kto|kiedy|gdzie|dlaczego|jak|ile|jaki(?:e|ej|m)?|jaka|który|która|które|co|czyj"
    r"|кто|когда|где|почему|как|сколько|како[йе]|какая|какие|чей|что|есть\s+ли)\b"
    r"|(?:谁|誰)|哪[里裡儿个個一些年位]|几[个年点]|幾[個年]|多少|为什么|為什麼|为何|何时|何時|什么时候"
    r"|什麼時候|いつ|どこ|誰|だれ|なぜ|いくつ|いくら|何[年人月回]|언제|어디|누가|누구|왜|몇|얼마",
    _FLAGS,
)
_MODAL_WISH = re.compile(r"^\W*(?:how about|why don't you|would you|do you mind)\b", re.IGNORECASE)
# "Do not summarise, but …", "without a summary".
_NEGATED = re.compile(
    r"\b(?:don['’]?t|do not|never|not to|without|rather than|instead of|nicht|ohne|kein\w*"
    r"|ne pas|sans|no|sin|non|senza|não|sem|niet|geen|zonder|nie|bez|не|без)\s+(?:\w+\s+){0,2}?"
    r"(?:summar|sum |zusammen|résum|resum|riassu|samenvat|stresz|podsumow|резюм|кратк)"
    r"|(?:不要|别|別|不用|无需|無需|不必)(?:总结|總結|概括|归纳|歸納|摘要)",
    re.IGNORECASE,
)

_DIGITS = r"\d{1,3}(?:[,.'’ \u00a0\u202f]\d{3})+(?!\d)|\d{1,5}"
NUMBER_WORDS = {
    word: value
    for value, words in {
        1: "one single an a ein einen einem einer eine einzigen einziger un une uno una um uma"
        " één een jedno jednym jeden одно одним одном один 一 한",
        2: "two zwei deux dos due dois duas twee dwa dwóch dwie два две двух 二 两 兩 두",
        3: "three drei trois tres tre três drie trzy trzech три трёх трех 三 세",
        4: "four vier quatre cuatro quattro quatro cztery czterech четыре четырёх 四 네",
        5: "five fünf cinq cinco cinque vijf pięć pięciu пять пяти 五 다섯",
        6: "six sechs seis sei zes sześć sześciu шесть шести 六 여섯",
        7: "seven sieben sept siete sette sete zeven siedem семь 七 일곱",
        8: "eight acht huit ocho otto oito osiem восемь 八 여덟",
        9: "nine neun neuf nueve nove negen dziewięć девять 九 아홉",
        10: "ten zehn dix diez dieci dez tien dziesięć десять десяти 十 열",
        12: "twelve zwölf douze doce dodici doze twaalf dwanaście двенадцать",
        15: "fifteen fünfzehn quinze quince quindici vijftien piętnaście пятнадцать",
        20: "twenty zwanzig vingt veinte venti vinte twintig dwadzieścia двадцать 二十",
        30: "thirty dreißig trente treinta trenta trinta dertig trzydzieści тридцать 三十",
        40: "forty vierzig quarante cuarenta quaranta quarenta veertig czterdzieści сорок 四十",
        50: "fifty fünfzig cinquante cincuenta cinquanta cinquenta vijftig pięćdziesiąt пятьдесят"
        " 五十",
        60: "sixty sechzig soixante sesenta sessanta sessenta zestig шестьдесят 六十",
        80: "eighty achtzig ochenta ottanta oitenta tachtig восемьдесят 八十",
        100: "hundred hundert cent cien cento cem honderd sto сто 一百 百",
        150: "hundertfünfzig 一百五十",
        200: "zweihundert doscientas doscientos duecento duzentas tweehonderd dwieście двести"
        " 两百 二百 兩百",
        300: "dreihundert trescientas trescientos trecento trezentas driehonderd trzysta триста"
        " 三百",
        500: "fünfhundert quinientas quinientos cinquecento quinhentas vijfhonderd pięćset пятьсот"
        " 五百",
        1000: "thousand tausend mille mil duizend tysiąc тысяча 一千",
    }.items()
    for word in words.split()
}
_LONGEST_FIRST = sorted(NUMBER_WORDS, key=len, reverse=True)
_SPELLED = "|".join(word for word in _LONGEST_FIRST if not re.match(f"[{CJK}]", word))
_SPELLED_CJK = "|".join(word for word in _LONGEST_FIRST if re.match(f"[{CJK}]", word))
_ONE = (
    rf"(?:{_DIGITS}|(?<![^\W\d_])(?:(?:{_SPELLED})[ -])?(?:{_SPELLED})(?![a-zäöüßа-яё])"
    rf"|{_SPELLED_CJK})"
)
_N = rf"(?P<n>{_ONE})(?:\s?(?:-|–|—|to|or|bis|oder|à|ou|a|o|do|до|至|到|~|〜)\s?(?P<m>{_ONE}))?"
_WORDS = re.compile(
    rf"{_N}[\s-]*(?:words?\b|mots?\b|palabras?\b|w(?:ö|oe)rtern?\b|worten?\b|parol[ae]\b"
    rf"|palavras?\b"
    r"|woorden\b|słów\b|słowach\b|słowa\b|слов(?:а|ах|ами)?\b|単語|[个個]?(?:汉|漢)?字|文字|단어|글자|자"
    r"(?=로|\s|$|\W|이내|내외|정도))",
    re.IGNORECASE,
)
_SENTENCES = re.compile(
    rf"{_N}[\s-]*(?:(?:\w+\s+)?sentences?\b|(?:\w+\s+)?s[aä]tz(?:e|en)?\b|phrases?\b|frases?\b"
    r"|oraci(?:ón|ones)\b|fras[ei]\b|zin(?:nen)?\b|zdani(?:e|a|u|ach|em|ami)\b"
    r"|предложени(?:е|я|ях|й|ем|и|ями)\b|(?:つの)?文(?!字)|句[话話]?|(?:개의?\s*)?문장)"
    r"|(?P<numa>\bnuma\s+frase\b)",
    re.IGNORECASE,
)
_POINT_NOUN = (
    r"(?:(?:[^\W\d]+\s+)?(?:bullet[\s-]?points?|bullets)\b|(?:main\s+|key\s+|short\s+)?points\b"
    r"|takeaways\b|(?:kurzen\s+|wichtigsten\s+)?(?:stich|haupt|aufzählungs"
    r"|kern)?punkten?\b|stichworten\b"
    r"|points\b|puces\b|puntos?\b|viñetas\b|punti\b|tópicos\b|pontos\b|opsommingstekens\b|punten\b"
    r"|punkt(?:y|ach|ów|ami|u)\b|пункт(?:ах|а|ов|ы)?\b|тезис(?:ах|а|ов|ы)?\b"
    r"|(?:つ|個|点)の?(?:要点|ポイント|箇条書き)|点で|[个個]?[要重][点點]|[点點条條]|(?:가지|개)의?\s*(?:요점|항목|핵심)?)"
)
_POINTS = re.compile(rf"{_N}[\s-]*{_POINT_NOUN}", re.IGNORECASE)
_LIST = re.compile(
    r"\bbullet[\s-]?(?:points?|list|form)\b|\bbullets\b|\bbulleted\b|\bas an? (?:\w+ )?list\b"
    r"|\b(?:main|key|important) (?:points|takeaways)\b|\btakeaways\b"
    r"|\bstich(?:punkten?|worten?|wörtern|punktartig)\b|\baufzählung\b|\bals liste\b"
    r"|\bhauptpunkte\b|\bwichtigsten punkte\b|\bkernpunkte\b|\bkernaussagen\b"
    r"|\bpuces\b|\bsous forme de liste\b|\bpoints (?:clés|essentiels|principaux)\b|\bviñetas\b"
    r"|\ben (?:una )?lista\b|\bpuntos (?:clave|principales)\b|\bideas principales\b"
    r"|\bpunti (?:chiave|principali)\b"
    r"|\bpunti elenco\b|\belenco puntato\b|\btópicos\b|\bpontos[- ](?:chave|principais)\b"
    r"|\bopsomming\w*\b|\bhoofdpunten\b|\bbelangrijkste punten\b|\bnajważniejsze punkty\b"
    r"|\bpunktach\b|\bwypunktuj\b"
    r"|\bпо пунктам\b|\bв виде списка\b|\bтезисно\b"
    r"|\bосновные тезисы\b|箇条書き|要点を|글머리|항목별|列表|分点|分點"
    r"|[要重][点點]|逐条|逐條|\bhighlights\b",
    re.IGNORECASE,
)
_AT_MOST = re.compile(
    r"\b(?:under|below|less than|fewer than|at most|no more than|max(?:imum|imal|\.)?|up to"
    r"|höchstens|weniger als|unter|au plus|moins de|como máximo|menos de|al massimo|meno di"
    r"|no máximo|hoogstens|minder dan|najwyżej|maksymalnie|не более|максимум)\s+(?:of\s+|von\s+)?$"
    r"|(?:不超过|不超過|最多|少于|少於)$",
    re.IGNORECASE,
)
_AT_LEAST = re.compile(
    r"\b(?:at least|over|more than|mindestens|über|au moins|plus de|al menos|más de|almeno"
    r"|pelo menos|minstens|co najmniej|не менее)\s+$|(?:至少|不少于|不少於)$",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"\b(?:short|run-?down|brief|briefly|concise|quick|in a nutshell|tl;?dr|kurz(?:e|en|er"
    r"|es|em)?|knapp\w*"
    r"|court(?:e)?|bref|brève(?:ment)?|brièvement|breve(?:mente)?|cort[oa]|curt[oa]|kort(?:e)?"
    r"|krótk\w*|krótko|zwięźle|кратк\w*|коротк\w*|вкратце)\b|简短|簡短|简单|簡單|简要|簡要|短く|簡潔|짧게|간단",
    re.IGNORECASE,
)
_LONG = re.compile(
    r"\b(?:long|detailed|in detail|thorough\w*|comprehensive|extensive|ausführlich\w*"
    r"|detailliert\w*|lang(?:e|en)?|détaillé\w*|long(?:ue)?|detallad[oa]|dettagliat[oa]"
    r"|detalhad[oa]|uitgebreid\w*"
    r"|szczegółow\w*|подробн\w*)\b|详细|詳細|詳しく|자세히|상세",
    re.IGNORECASE,
)
_PARAGRAPHS = re.compile(
    rf"{_N}[\s-]*(?:(?:\w+\s+)?paragraphs?\b|abs[aä]tz(?:e|en)?\b|paragraphes?\b|párrafos?\b"
    r"|paragraf[io]\b|parágrafos?\b|alinea['’]?s?\b|akapit\w*\b|абзац\w*\b|段落?|단락)",
    re.IGNORECASE,
)
# "In two pages", not "these 30 pages".
_PAGES = re.compile(
    rf"(?P<half>half (?:a|an?) page|halbe seite)|(?:{_N}-page\b|\b(?:in|on|to|auf|en|sur|em|op|su"
    r"|na|на)\s+(?P<p>[1-5]|one|an?|two|three|eine[rn]?|zwei|une?|una|uma|deux|dos|due"
    r"|duas|een|één|twee"
    r"|jednej|dwóch|одной|двух)\s+(?:(?:\w+\s+)?pages?|seiten?|páginas?|pagin[ae]|stron\w*"
    r"|страниц\w*)\b)",
    re.IGNORECASE,
)

_ARTICLES = frozenset(("a", "an", "un", "une", "uno", "una", "um", "uma", "ein", "eine", "een"))

MAX_WORDS = 20_000
SHORT_WORDS, LONG_WORDS, PARAGRAPH_WORDS, PAGE_WORDS = 60, 300, 100, 400
DEFAULT_POINTS = 5
MAX_ITEMS = 50


def summary_wish(text: str) -> SummaryWish | None:
    """Return the wish for a summary of the whole document, None where a text is no such wish."""
    return read_wish(text) if is_summary_wish(text) else None


def is_summary_wish(text: str) -> bool:
    """Return whether a text asks for a summary of the whole document."""
    if _NEGATED.search(text):
        return False
    if _QUESTION_WISH.search(text):
        return True
    if _QUESTION.search(text) and not _MODAL_WISH.search(text):
        return False
    return _VERB.search(text) is not None or _NOUN_WISH.search(text) is not None


def read_wish(text: str) -> SummaryWish:
    """Return the length, form and language that a wish for a summary names."""
    points, sentences = _count(_POINTS, text), _count(_SENTENCES, text)
    as_points = points is not None or _LIST.search(text) is not None
    if as_points and points is None and sentences is None:
        points = DEFAULT_POINTS
    items = points if points is not None else sentences
    words = _words(text) or (None if items else _words_of_adjective(text))
    return SummaryWish(words, items, as_points, named_in(text))


def _words_of_adjective(text: str) -> int | None:
    if _SHORT.search(text):
        return SHORT_WORDS
    return LONG_WORDS if _LONG.search(text) else None


def _words(text: str) -> int | None:
    match = _WORDS.search(text)
    if match:
        wanted = _value(match)
        before = text[: match.start()]
        if _AT_MOST.search(before):
            wanted *= 0.75  # sentences are taken whole, so the summary may be a little longer
        elif _AT_LEAST.search(before):
            wanted *= 1.25
        return max(MIN_WORDS, min(MAX_WORDS, round(wanted)))
    match = _PAGES.search(text)
    if match:
        pages = 0.5 if match["half"] else _number(match["p"] or match["n"])
        return min(MAX_WORDS, round(PAGE_WORDS * pages))
    match = _PARAGRAPHS.search(text)
    if match:
        return min(MAX_WORDS, round(PARAGRAPH_WORDS * _value(match)))
    return None


def _count(pattern: re.Pattern[str], text: str) -> int | None:
    matches = list(pattern.finditer(text))
    if pattern is _POINTS:  # "a bullet-point summary" does not say how many
        matches = [match for match in matches if match["n"].casefold() not in _ARTICLES]
    if not matches:
        return None
    match = matches[0]
    count = 1 if match["n"] is None else round(_value(match))
    return count if 1 <= count <= MAX_ITEMS else None


def _value(match: re.Match[str]) -> float:
    """Return the number that a pattern found, the mean of a range."""
    first = _number(match["n"])
    return (first + _number(match["m"])) / 2 if match["m"] else first


def _number(written: str) -> int:
    digits = re.sub(r"[,.'’\s]", "", written)
    if digits.isdigit():
        return int(digits)
    parts = [NUMBER_WORDS[part] for part in re.split(r"[ -]", written.casefold()) if part]
    if len(parts) == 2 and (parts[0] == 1 or parts[1] >= 100):  # "a single", "two hundred"
        return parts[0] * parts[1]
    return sum(parts)
