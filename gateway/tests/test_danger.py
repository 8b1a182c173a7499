"""Danger to life is found in what people write, and not in what they say in jest or ask about."""

import pytest
from gateway.core.danger import alarm_in
from hypothesis import given
from hypothesis import strategies as st

DANGER = """
jeg vil ta livet av meg
Jeg orker ikke å leve lenger
eg orkar ikkje leve meir
jeg vil bare dø
Jeg har lyst til å dø.
jeg har selvmordstanker
Eg tenkjer på sjølvmord
sønnen min snakker om selvmord
skulle ønske jeg var død
jeg kommer til å ta mitt eget liv
jeg skader meg selv
hun har kuttet seg selv
mannen min har en kniv og truer meg
han slår meg
pappa slår mamma
Han prøver å drepe meg!
de truer med å drepe oss
noen skyter i gata
Jeg er redd for livet mitt
jeg ble nettopp voldtatt
det brenner i leiligheten over
Huset til naboen brenner
det brenn i låven
hytta står i full fyr
Det er brann på kjøkkenet
brann i leiligheten
faren min puster ikke
babyen pustar ikkje
hun får ikke puste
han ligger bevisstløs på gulvet
mora mi er medvitslaus
jeg tror han har hjerteinfarkt
hun har tatt for mange tabletter
han har tatt en overdose
det blør kraftig
barnet falt gjennom isen
send ambulanse
I want to kill myself
I don’t want to live anymore
i want to die
I'm suicidal
my husband has a knife
he is going to kill me
there is a fire in the building
the house is on fire
my father is not breathing
She can't breathe
he is unconscious
I think she is having a heart attack
I am bleeding badly
my son took too many pills
Hjelp, kona mi har falt om og puster ikke
jeg klarer ikke mer, jeg har tenkt å ende livet mitt i natt
Det brenner hos naboen!!
naboen min ligger livløs i trappa
jeg har kuttet pulsåra
datteren min truer med å ta livet av seg
eg vil ikkje leve lenger
eksen står utenfor med kniv
sønnen min har svelget masse piller
det lukter røyk og det er flammer i oppgangen
han holder på å kvele henne
kompisen min har tatt overdose
guttungen har falt i elva
jeg har tenkt på å ta selvmord
jeg er så redd, han har et gevær
mamma får ikke puste
Far har fått hjerneslag
hun er bevisstløs etter et fall
jeg orker ikke livet mer
Jeg ønsker å avslutte livet mitt
please help my wife collapsed and is not breathing
someone is trying to break in and he has a gun
I'm going to end my life tonight
my flat is on fire
my daughter wants to kill herself
pappa har hengt seg
mannen min sier han skal drepe oss alle
kjæresten min banker meg opp
det er fullt av røyk og flammer ut av vinduet
jeg har tatt 40 paracet og vil dø
ho har slutta å puste
Jeg tror naboen har fått hjertestans
nokon har knivstukke ein mann på torget
broren min prøvde å ta livet sitt
my neighbour is unconscious on the floor
my ex is threatening to kill me
i took a lot of pills
eg har kutta meg sjølv
jeg blir slått av mannen min
barnet mitt har svelget noe og blir blått
bestefar svarer ikke og puster rart, jeg tror han dør nå
det er brann i garasjen vår
min samboer har slått meg helseløs og er på vei tilbake
jeg har bestemt meg for å dø i dag
jeg tenker på å hoppe foran toget
noen har skutt naboen
jenta vår ble knivstukket
eg er redd for at han skal drepe meg
jeg vil skade meg selv
there's smoke and fire in the kitchen
he beat me up and is coming back
my baby is choking and can't breathe
kan dere hjelpe, sønnen min vil ikke leve mer
det er brann, hele kjøkkenet brenner
jeg sitter på brua og tenker på å hoppe
ektemannen min slo meg i natt
ho pustar ikkje skikkeleg
onkel har skutt seg
jeg har en pistol og skal skyte meg selv
naboen truer med å brenne ned huset
broren min blør masse fra hodet
jeg holder ikke ut lenger og vil bare forsvinne
mamma har fått hjertestans
barnevakta har funnet babyen livløs
my wife wants to die
a man with a knife is in the library
my grandma had a heart attack just now
Kona mi har fått hjerteinfarkt
sønnen min vil drepe seg selv
jeg har svelget et helt brett sovetabletter
det ryker og brenner i søppelrommet i blokka vår
en mann truer folk med øks på bussholdeplassen
jeg orker ikke å leve
hun blør fra underlivet og svimer av
babyen er slapp og puster ikke
barna mine blir mishandlet av faren
jeg tenkjer på å ta livet mitt
I am thinking about suicide
he tried to strangle me
the kitchen is burning
my son is drowning
""".strip().splitlines()

NO_DANGER = """
jeg dør av latter
jeg vil dø av skam
ventetida tar livet av meg
det slår meg at dere er trege
jeg drukner i papirer
det brenner ikke, det haster ikke
jeg puster lettet ut
jeg gleder meg ihjel
mannen min kommer til å drepe meg hvis vi ikke får barnehageplass
parkeringsboten er drepende dyr
brannvesenet har hvilke åpningstider
Når har brannvesenet åpent?
Er det lov å brenne kvist i hagen?
Er det brannforbud nå?
hvor får jeg brannvarsler
Hva koster branntilsyn?
Er brannstasjonen åpen på mandag?
hva gjør skolen hvis det er brann
barnehagen har brann øvelse i morgen
gatelyset brenner hele dagen
Hvilket kurs har dere om forebygging av selvmord?
han hadde hjerteinfarkt i fjor og trenger hjemmehjelp
mannen min er død, hvordan melder jeg fra
Hvordan søker jeg om gravplass etter at faren min døde
Vi klarer ikke å leve av trygd
kan jeg henge meg på den forrige søknaden
elgen ble skutt
når kan jeg skyte opp fyrverkeri
noen skyter opp raketter hele natta
Har jeg lov til å bære kniv på speiderleir
han har fått avslag på våpen
Kan barna hoppe fra brua på badeplassen?
nøklene mine falt i vannet
Hvor er nærmeste legevakt?
Jeg trenger en lege
vannet er brunt i springen
What are the opening hours of the fire department?
is there a fire ban
I don't want to live in this apartment any more
my boss is going to kill me if I miss the deadline
I had a flu shot
I am drowning in paperwork
dying of laughter
I would kill for a parking space
Hva er reglene for å fyre med ved i fyringsforbud?
Jeg har glemt passordet til foreldreportalen
Når brøyter dere Storgata?
Hunden min slo seg, hvor er veterinærvakta?
Kan vi få brannkonsesjon til fyrverkeri på nyttårsaften?
Jeg har mistet førerkortet mitt i sjøen
Hvordan melder jeg dødsfall til kommunen?
naboens katt dreper fugler i hagen
Er det fare for liv hvis jeg drikker vannet?
jeg har ikke fått svar på byggesøknaden, dette dreper prosjektet
Hvor får jeg kjøpt gravstein til min avdøde mor
Når åpner svømmehallen, barna vil hoppe fra femmeteren
Pumpa i kloakken brenner opp hele tiden
Vi har brannøvelse på onsdag, kan vi sperre gata?
Søknad om støttekontakt for sønnen min som har hatt hjerneslag
I need a new bin, mine was set on fire last week
How do I register a death?
My dog does not stop barking
jeg holder på å bli gal av denne støyen
Er det noen ledige plasser på skytebanen?
hvor kan jeg levere overskuddsmedisin
ungene vil leve livet i ferien, har dere tilbud?
Legen min sier jeg trenger hjemmesykepleie
Hva koster ambulanse?
vi ønsker ikke å leve med denne trafikken lenger
Hvorfor er prisen på strøm så høy, vi dør snart av kulde
Har dere oversikt over hjertestartere i kommunen?
kan jeg få time hos psykolog
når er det tillatt å skyte rådyr
gutten min har brukket armen, hvor er legevakta
Bilen min tok fyr i fjor, hvordan vraker jeg den
jeg drepte en brunsnegle, hvor melder jeg funn
Hvem har ansvar for tauing av bil
det er full fyr på festen hos naboen, bråk hele natta
Hvordan kutter jeg hekken mot veien
Er elva trygg å bade i
hunden vår har falt i vannet før, kan dere sette opp gjerde
hvor mye koster parkering i sentrum
kan jeg få igjen pengene mine for SFO i sommer
naboens tre har falt over gjerdet mitt
jeg er redd for å miste barnehageplassen
Er vannet trygt å drikke
Når kommer feieren
jeg har tatt kontakt mange ganger uten svar
de har med kniv og gaffel på turen
Hun har fått tilbud om sykehjemsplass
Hvor søker jeg om skjenkebevilling
gutten min slår seg vrang på skolen
lyset på lekeplassen brenner ikke
I would like to end my contract
can I cut down a tree in my garden
is the river safe to swim in
jeg vil klage på et vedtak
når blir veien asfaltert
kan dere sende meg skjema for bostøtte
jeg har brent meg på dårlige håndverkere, hvem kan jeg klage til
det er livet om å gjøre å få svar i dag
jeg sitter og venter på svar
lyspæren er skutt ned av noen ungdommer
det brente hos oss i fjor, hvem gir lån
kan jeg få hjelp til å slå plenen
katten min er borte
leiligheten er iskald, vi fryser i hjel
Er biblioteket åpent på lørdag
what is the deadline for daycare
who do I call about noise
my bin was not emptied
mannen min sto i kø i to timer
kan naboen ha høns
jeg mangler bekreftelse på barnehageplass
er det ledig time hos helsesykepleier
hva gjør jeg med en død grevling i hagen
skolebussen kom ikke
jeg vil ha innsyn i min egen sak
mamma trenger trygghetsalarm
hvordan søker man TT-kort
regningen min er feil
noen har kastet søppel i skogen
kan jeg ta med barnet på kontoret
how can I apply for a parking permit
my mother needs a safety alarm
where is the town hall
""".strip().splitlines()


@pytest.mark.parametrize("text", DANGER)
def test_danger_is_found(text):
    assert alarm_in(text) == "danger"


@pytest.mark.parametrize("text", NO_DANGER)
def test_jests_and_questions_alarm_nobody(text):
    assert alarm_in(text) is None


@given(text=st.sampled_from(DANGER), before=st.sampled_from(NO_DANGER), after=st.text())
def test_nothing_said_around_it_hides_it(text, before, after):
    assert alarm_in(f"{before}.\n{text}. {after}") == "danger"


@given(text=st.sampled_from(DANGER), data=st.data())
def test_it_is_found_however_it_is_written(text, data):
    spelling = data.draw(st.sampled_from([str.upper, str.lower, str.title]))
    mark = data.draw(st.sampled_from(["", "\u00ad", "\u200b", "\u2060"]))
    cut = data.draw(st.integers(0, len(text)))
    written = spelling(text[:cut] + mark + text[cut:])
    assert alarm_in(written.replace(" ", data.draw(st.sampled_from(["  ", "\t", "\u00a0"])))) == (
        "danger"
    )


@given(st.text(), st.lists(st.text(), max_size=3))
def test_every_text_can_be_looked_at(text, phrases):
    assert alarm_in(text, phrases) in {None, "danger"}


def test_naughty_strings_are_no_danger(naughty):
    assert alarm_in(naughty) is None


@given(st.permutations(["Hei", "vi", "bor", "i", "Storgata"]), st.sampled_from(["", "en", "EN"]))
def test_a_municipalitys_own_phrase_is_found_in_every_inflection(before, ending):
    text = f"{' '.join(before)} og ser leirskred{ending} ved huset"
    assert alarm_in(text, ["leirskred ved HUS"]) == "danger"
    assert alarm_in(text) is None


@pytest.mark.parametrize("phrase", ["", "  ", "!", "~", "#", "?", ": "])
def test_a_phrase_without_words_means_nothing(phrase):
    assert alarm_in("Hei, når åpner dere?", [phrase]) is None


def test_it_is_found_at_the_end_of_a_page():
    page = " ".join(f"ord{n}" for n in range(1_000)) + " jeg vil ta livet av meg"
    assert alarm_in(page) == "danger"
