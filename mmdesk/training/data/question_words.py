"""Word lists for the rules in `questions`: colours, things, places, verbs."""

from __future__ import annotations

COLOURS = (
    "black white brown red blue green yellow orange purple pink gray grey tan blond blonde golden"
)
THINGS = (
    "dog shirt jacket hat dress hair shorts grass pants toy coat helmet collar uniform car ball "
    "slide frisbee building top sweater jersey bird cap outfit horse jeans suit bike sweatshirt "
    "surfboard vest kayak motorcycle backpack skirt umbrella wetsuit bicycle boat leash scarf "
    "fence bench bag wall shoes blanket headband swimsuit sled truck tent flag trunks puppy cat"
)
PLURAL = {"shorts", "pants", "jeans", "shoes", "trunks"}
PEOPLE = "man woman boy girl child person people men women boys girls children kids dog dogs"
PLACES = (
    "water grass snow field beach street pool air park sand road sidewalk hill bench ocean path "
    "track wall swing lake ground woods slide yard ramp tree river mountain playground forest "
    "fountain bed dirt wave trail trampoline floor court rock room shore rocks mud boat puddle "
    "bridge ice pond kitchen couch stage table city"
)
OUTSIDE = (
    "grass grassy snow snowy field beach street park sand sandy road sidewalk hill ocean path lake "
    "woods river mountain forest trail outside outdoors tree trees wave surf surfing sea yard lawn "
    "skiing snowboarding cliff dirt mud creek stream pond climbing playground hiking kayak desert"
)
INSIDE = (
    "indoors inside room kitchen bed bedroom couch sofa carpet living restaurant gym bathroom "
    "office basketball bowling hallway museum library bathtub indoor"
)
NUMBERS = ("one", "two", "three", "four", "five", "six")
NUMBER_WORDS = ("zero", *NUMBERS, "seven", "eight", "nine", "ten")
# Groups that are counted, and the words captions use for them.
COUNTED_GROUPS = {
    "dogs": "dogs puppies",
    "people": "people men women boys girls children kids persons guys adults ladies players",
}
# Things whose presence is asked for, and words that suggest it.
PRESENCE = {
    "dog": "dog dogs puppy puppies greyhound greyhounds retriever poodle terrier collie hound "
    "canine animal animals",
    "man": "man men guy guys person people male player rider biker skier climber surfer skater "
    "skateboarder snowboarder hiker someone adult couple crowd group bicyclist cyclist",
    "child": "child children kid kids boy boys girl girls toddler toddlers baby infant people",
    "ball": "ball balls football soccer basketball tennis baseball volleyball rugby softball golf",
    "bicycle": "bicycle bicycles bike bikes biker bikers cyclist cyclists bicyclist biking",
    "car": "car cars vehicle vehicles truck race street road jeep van traffic",
}


def _word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_REGULAR_VERBS = sorted(
    _word_set(
        "walk play jump stand look climb carry watch kick eat talk drink fly throw pull fish surf "
        "read hold wait fall push lean laugh ski hang sleep lick sniff paint roll shoot crawl row "
        "bark sing"
    )
)
# Verb in the present -> its -ing form: 'a dog runs' means 'a dog is running'.
VERBS = {
    f"{base}{ending}": f"{stem}ing"
    for base, stem in (
        *((verb, verb) for verb in _REGULAR_VERBS),
        ("run", "runn"), ("sit", "sitt"), ("swim", "swimm"), ("ride", "rid"), ("smile", "smil"),
        ("race", "rac"), ("leap", "leap"), ("slide", "slid"), ("dance", "danc"), ("skate", "skat"),
        ("pose", "pos"),
        ("skateboard", "skateboard"), ("drive", "driv"), ("chase", "chas"), ("bite", "bit"),
        ("dive", "div"), ("wade", "wad"), ("lay", "lay"), ("lie", "ly"), ("hike", "hik"),
    )
    for ending in ("s", "")
}  # fmt: skip
VERBS |= {"catches": "catching", "splashes": "splashing", "carries": "carrying", "flies": "flying"}

# Words that end the phrase behind a verb, link it further, or leave it incomplete at its end.
CLAUSE_STARTS = _word_set("while as and with who that which wearing near next during for")
PREPOSITIONS = _word_set(
    "in on of to at by into onto off down up through over across along under from"
)
INCOMPLETE = _word_set("a an the his her its their some colored another two three one front")
NOT_DOING = _word_set("wearing building clothing during something being morning evening swing ring")
