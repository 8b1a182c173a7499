"""What an enquiry seems to be about, by the words people use and not by those of the office."""

import pytest
from gateway.core.suggestion import FLOOR, TopicIndex, TopicIndexes
from hypothesis import given
from hypothesis import strategies as st
from services.contracts import TenantDirectory, Topic


def _topic(id_: str, name: dict[str, str], *words: str) -> Topic:
    return Topic(id=id_, department="servicetorget", name=name, words=words)


TOPICS = (
    _topic("generelt", {"nb": "Generelt", "en": "General question"}, "åpningstider"),
    _topic("barnehage", {"nb": "Barnehage", "en": "Kindergarten"}, "opptak", "foreldrebetaling"),
    _topic("skole", {"nb": "Skole og SFO", "nn": "Skule og SFO", "en": "School"}, "skoleskyss"),
    _topic("barnevern", {"nb": "Barnevern", "en": "Child welfare"}, "bekymringsmelding"),
    _topic("omsorg", {"nb": "Hjemmetjenester", "en": "Home care"}, "hjemmehjelp"),
    _topic("legevakt", {"nb": "Lege og legevakt", "en": "Doctor"}, "fastlege", "116117"),
    _topic("sosialhjelp", {"nb": "Sosialhjelp og bostøtte"}, "nav", "kommunal bolig"),
    _topic("startlan", {"nb": "Startlån", "en": "Start loan"}, "husbanken"),
    _topic("byggesak", {"nb": "Byggesak"}, "garasje", "terrasse", "nabovarsel", "tilbygg"),
    _topic(
        "vann", {"nb": "Vann og avløp", "nn": "Vatn og avløp", "en": "Water"}, "springen", "kloakk"
    ),
    _topic("vei", {"nb": "Vei og gatelys", "en": "Roads"}, "brøyting", "hull i veien"),
    _topic("renovasjon", {"nb": "Avfall", "en": "Waste"}, "søppel", "søpla", "tømmedag"),
    _topic("parkering", {"nb": "Parkering", "en": "Parking"}, "hc-kort", "boligsone"),
    _topic("bevilling", {"nb": "Næring"}, "skjenkebevilling", "salgsbevilling"),
    _topic("avgifter", {"nb": "Faktura og kommunale avgifter"}, "eiendomsskatt", "purring"),
)
INDEX = TopicIndex(TOPICS)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("vannet er brunt i springen", "vann"),
        ("Når blir søpla henta?", "renovasjon"),
        ("Hvordan søker jeg om skjenkebevilling?", "bevilling"),
        ("Hva koster SFO?", "skole"),
        ("Når er fristen for barnehageplass?", "barnehage"),
        ("Kan jeg få utsatt de kommunale avgiftene", "avgifter"),
        ("Jeg vil bygge garasje, må jeg søke?", "byggesak"),
        ("Det er et hull i veien utenfor huset mitt", "vei"),
        ("Jeg har fått parkeringsbot", "parkering"),
        ("Hvordan får jeg hjemmehjelp til mora mi?", "omsorg"),
        ("Har dere startlån?", "startlan"),
        ("Når er legevakten åpen", "legevakt"),
        ("Jeg vil sende en bekymringsmelding", "barnevern"),
        ("Korleis søkjer eg barnehageplass?", "barnehage"),
        ("Vatnet er brunt", "vann"),
        ("How do I pay for parking?", "parkering"),
        ("My water is brown", "vann"),
        ("ring 116117", "legevakt"),
    ],
)
def test_everyday_questions_find_their_topic(text, topic):
    found = INDEX.suggest(text)
    assert found is not None
    assert found.topic == topic
    assert found.score > 0.5


@pytest.mark.parametrize(
    "text",
    ["", "Hei", "Jeg lurer på noe", "Kan dere hjelpe meg?", "blomster til bestemor", "parken", "…"],
)
def test_words_that_tell_nothing_suggest_nothing(text):
    assert INDEX.suggest(text) is None


def test_the_score_says_how_sure_it_is():
    def score(text: str) -> float:
        found = INDEX.suggest(text)
        return found.score if found else 0

    assert score("barnehage") == 0.9
    assert score("barnehageplass") == 0.7
    assert score("barnehage og opptak") == 0.99
    assert score("barnehage eller parkering") == 0.45
    assert 0.5 < score("barnehage og opptak, kanskje parkering") < 0.9


@given(st.permutations(TOPICS))
def test_a_tie_goes_by_id_whatever_the_order(topics):
    found = TopicIndex(topics).suggest("parkering eller barnehage")
    assert found is not None
    assert (found.topic, found.score) == ("barnehage", 0.45)


@given(st.text())
def test_every_text_gets_a_known_topic_or_none(text):
    found = INDEX.suggest(text)
    assert found is None or found.topic in {topic.id for topic in TOPICS}
    assert found is None or FLOOR <= found.score <= 1


@given(st.sampled_from([w for t in TOPICS for w in (*t.name.values(), *t.words)]))
def test_a_name_and_a_synonym_find_their_own_topic(phrase):
    found = INDEX.suggest(f"Jeg lurer på {phrase.upper()}!")
    assert found is not None
    topic = next(t for t in TOPICS if t.id == found.topic)
    assert phrase in (*topic.name.values(), *topic.words)


@given(st.lists(st.sampled_from(["barnehage", "vann", "hei", "og", "garasje"])))
def test_it_is_the_same_every_time(words):
    text = " ".join(words)
    assert INDEX.suggest(text) == TopicIndex(reversed(TOPICS)).suggest(text)


def test_naughty_strings_suggest_nothing(naughty):
    assert INDEX.suggest(naughty) is None


def test_the_index_follows_the_directory():
    indexes = TopicIndexes()
    before = TenantDirectory(
        tenant="sarpsborg",
        version=1,
        name="Sarpsborg (demo)",
        kommunenummer="3105",
        title={"nb": "Prek med oss"},
        first_line="servicetorget",
        topics=TOPICS[:1],
    )
    assert indexes.suggest(before, "søpla") is None
    found = indexes.suggest(before.evolve(version=2, topics=TOPICS), "søpla")
    assert found is not None
    assert found.topic == "renovasjon"
