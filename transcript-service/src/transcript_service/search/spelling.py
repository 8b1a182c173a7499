"""One form of words that bokmål and nynorsk write differently, so that either finds the other.

The tables hold the commonest pairs of what people ask a municipality about, and no more: another
word is found in the form it is written in. Endings are the stemmer's business: it takes off
those of both forms (`-ar` as `-er`, `-leg` as `-lig`), so most words need no row. What is replaced
by mistake is replaced in the words that are searched, too.
"""

import re
from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, str]] = {
    "barneborn": "barnebarn", "born": "barn", "borna": "barna", "bustad": "bolig",
    "bustaden": "boligen", "bustader": "boliger", "difor": "derfor", "fleire": "flere",
    "frå": "fra", "gje": "gi", "gjer": "gjør", "gjere": "gjøre", "gjev": "gir", "gong": "gang",
    "gonger": "ganger", "haust": "høst", "hausten": "høsten", "heim": "hjem", "heime": "hjemme",
    "heimen": "hjemmet", "hugsar": "husker", "hugse": "huske", "høyrde": "hørte", "høyre": "høre",
    "høyrer": "hører", "høyrt": "hørt", "ikkje": "ikke", "kjem": "kommer", "kome": "komme",
    "kor": "hvor", "korleis": "hvordan", "kva": "hva", "kvar": "hvor", "kven": "hvem",
    "kvifor": "hvorfor", "laurdag": "lørdag", "laurdagar": "lørdager", "laurdagen": "lørdagen",
    "leige": "leie", "leiger": "leier", "meir": "mer", "mykje": "mye", "måndag": "mandag",
    "måndagar": "mandager", "måndagen": "mandagen", "noko": "noe", "nokon": "noen", "ope": "åpent",
    "open": "åpen", "opnar": "åpner", "opne": "åpne", "opning": "åpning", "pengane": "pengene",
    "pengar": "penger", "rekning": "regning", "rekninga": "regninga", "rekningar": "regninger",
    "rekningen": "regningen", "saman": "sammen", "seie": "si", "seier": "sier", "sein": "sen",
    "seinare": "senere", "seint": "sent", "sjølv": "selv", "spurnad": "spørsmål",
    "sundag": "søndag", "sundagar": "søndager", "sundagen": "søndagen", "tysdag": "tirsdag",
    "tysdagar": "tirsdager", "tysdagen": "tirsdagen", "um": "om", "vart": "ble", "vatn": "vann",
    "vatnet": "vannet", "veg": "vei", "vegane": "veiene", "vegar": "veier", "vegen": "veien",
    "veit": "vet", "veka": "uka", "veke": "uke", "vekene": "ukene", "veker": "uker",
    "vere": "være", "vert": "blir", "verte": "bli", "vore": "vært", "øydelagd": "ødelagt",
    "øydelagt": "ødelagt",
}  # fmt: skip
"""Whole words."""

ROOTS: Final[Mapping[str, str]] = {
    "aldersheim": "aldershjem", "arbeidsløyse": "arbeidsledighet", "arbeidstakar": "arbeidstaker",
    "avlaup": "avløp", "barneheim": "barnehjem", "bustadstøtte": "bostøtte",
    "bustøtte": "bostøtte", "byggeløyve": "byggetillatelse", "byggje": "bygge",
    "byggjeløyve": "byggetillatelse", "drikkevatn": "drikkevann", "eigar": "eier",
    "eigedom": "eiendom", "fosterheim": "fosterhjem", "fritidsbustad": "fritidsbolig",
    "følgje": "følge", "gamleheim": "gamlehjem", "heimehjelp": "hjemmehjelp",
    "heimeside": "hjemmeside", "heimesjukepleie": "hjemmesykepleie",
    "heimeteneste": "hjemmetjeneste", "helseteneste": "helsetjeneste", "høgskule": "høyskole",
    "innbyggjar": "innbygger", "kjærleik": "kjærlighet", "kjøken": "kjøkken",
    "kjøkenet": "kjøkkenet", "kundeteneste": "kundetjeneste", "kunngjering": "kunngjøring",
    "kyrkja": "kirka", "kyrkje": "kirke", "leidning": "ledning", "løyve": "tillatelse",
    "medverknad": "medvirkning", "mogleg": "mulig", "moglegheit": "mulighet", "månad": "måned",
    "naudsynt": "nødvendig", "omsorgsbustad": "omsorgsbolig", "opningstid": "åpningstid",
    "overvatn": "overvann", "parkeringsløyve": "parkeringstillatelse", "rettleiar": "veileder",
    "rettleie": "veilede", "rettleiing": "veiledning", "røyr": "rør", "samanheng": "sammenheng",
    "sjuk": "syk", "sjukeheim": "sykehjem", "skul": "skol", "spørje": "spørre", "søkje": "søke",
    "teikne": "tegne", "teikning": "tegning", "tenest": "tjenest", "tenkje": "tenke",
    "tilbod": "tilbud", "tilsett": "ansatt", "tilskot": "tilskudd", "truleg": "trolig",
    "tryggleik": "trygghet", "utgreiing": "utredning", "utleige": "utleie",
    "vassavgift": "vannavgift", "vasslekkasje": "vannlekkasje", "vassmålar": "vannmåler",
    "vassverk": "vannverk", "vatn": "vann", "vegarbeid": "veiarbeid", "vegleiing": "veiledning",
    "vegvesen": "veivesen", "verkeleg": "virkelig", "verknad": "virkning",
    "verksemd": "virksomhet",
}  # fmt: skip
"""Parts that stand in longer words as well: `skul` in `barneskule`, with whatever ending."""

_ROOTS: Final = re.compile("|".join(sorted(ROOTS, key=lambda root: (-len(root), root))))


def one_form(word: str) -> str:
    """Return a word (in small letters) in the one form that both of its spellings share."""
    whole = WORDS.get(word)
    if whole is not None:
        return whole
    return _ROOTS.sub(lambda found: ROOTS[found.group()], word)
