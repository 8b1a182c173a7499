"""Words that say nothing about a topic: bokmål, nynorsk, English, and small talk at a desk."""

from typing import Final

_TEXT: Final = """
alle alt andre at av bare begge ble blei blir bli bør da de deg dei deira dem den denne der
deres det dette di din dine disse ditt dokker du dykk dykkar då eg ein eit eitt eller en er
et ett etter fordi for fra frå få får før gjør gjere gjøre god godt ha hadde han hans har hei
heile heller henne hennes her hjå ho hos hun hva hvem hver hvilke hvilken hvilket hvis hvor
hvordan hvorfor i ikke ikkje ikkje inn ingen ja jeg kan kanskje kjem kom kommer koss korleis
kunne kva kvar kven kvifor lage litt lurer lurar man mange med meg mellom men mer meir mest
mi min mine mitt mot må måtte ned nei no noe noen noka noko nokon nokre nå når og også om opp
oss over på samme sammen seg ser si sia siden sin sine sitt skal skulle slik som sånn så
takk til trenger treng tusen um under ut uten utan var ved vel vi vil ville vår våre vårt være
vere vært å
a about after all also am an and any are as at be because been before but by can could did do
does dont for from get go good had has have hello help hi how i if im in into is it its just
like me my need no not of on one or our out over please should so some thank thanks that the
their them there they this to too up us want was we were what when where which who why will
with would you your
dag spørre hjelp hjelpe hjelpa kommune kommunen kommuna question ask municipality
"""

STOP_WORDS: Final = frozenset(_TEXT.split())
