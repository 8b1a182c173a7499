"""The product's own phrases of danger to life. See `danger` for what the signs mean.

Chosen so that nobody in danger needs the right words, and nobody who jokes or asks about the fire
service alarms anyone. A false alarm costs a box with emergency numbers and a colleague's glance;
a missed one may cost a life. So people who tell of what is past are alarmed about as well.
"""

from typing import Final

NORWEGIAN: Final = """
ME: meg|oss|seg
ONE: meg|oss|seg|henne|ham|han|deg|dere|dykk|barna|noen|nokon|kona|mannen|mora|faren
THEY: han|hun|ho|noen|nokon|de|dei|mannen|kona|naboen|eksen|kjæresten|samboeren|sønnen
THEY: far|faren|pappa|stefar|mor|mora|mamma|bror|broren|dattera|datter|sønn|onkel|venn|vennen
THEY: samboer|kjæreste|ektemann|ektemannen|partner|partneren|nabo|mann|kone|kompis|kompisen
NOT: ikke|ikkje
IF: hvis|viss|dersom
WANT: vil|ønsker|ynskjer|ynskje|orker|orkar|klarer|klarar|gidder
WEAPON: kniv|pistol|gevær|våpen|øks|machete
PERMIT: lov|tillatelse|løyve|våpenkort|avslag|søkt|søke|søkjer|søknad
OFFICE: papir|papirer|arbeid|jobb|skjema|skjemaer|regninger|gjeld|post|epost

# suicide
ta|tatt|teke livet av ONE|hun
jeg|eg ~ =tar|=tek|=tok livet av ME
ta|tar|tek|tok|tatt|teke mitt|sitt ~ liv
ta|tar|tek livet mitt|sitt
avslutte|avslutta|ende|enda livet
slutt på livet !krise|periode
jeg|eg ~ vil|ønsker|ynskjer|ynskje|skal|kommer|kjem|må ~ =dø|=døy !av|for|NOT
og|bare|berre vil|ønsker|ynskjer =dø|=døy !av|for|NOT
han|hun|ho|de|dei|barnet ~ =dør|=døyr ~ nå|no|snart|her !av
til|for|på å =dø|=døy !av|redd|frykt|angst|ut
NUISANCE: trafikk|trafikken|støy|støyen|bråk|bråket|lukt|lukta|mugg|muggen|bolig|boligen
WANT ~ NOT ~ leve|leva !av|på|uten|utan|trygd|NUISANCE
NOT ~ WANT ~ leve|leva !av|på|uten|utan|trygd|NUISANCE
orker|orkar NOT ~ livet
NOT lyst ~ leve|leva
bedre|betre ~ jeg|eg ~ død|daud|borte
ønske|ønsker|ynskje|ynskjer jeg|eg var død|daud
holder|held NOT ut lenger|mer|meir|lengre !NUISANCE|vente|ventetid|ventetida
livet ~ NOT verdt|verd ~ leve|leva
?selvmord|sjølvmord
?selvmordstanker|sjølvmordstankar|selvmordsforsøk|sjølvmordsforsøk
?selvmordsbrev|sjølvmordsbrev
suicidal|selvmordstruet|sjølvmordstruga

# self-harm
skade|skada|skadar|skader ME selv|sjølv
kutte|kutta|kuttar|kutter|skjære|skjærer|skjer ME selv|sjølv
WRIST: pulsåra|pulsåren|pulsårene|håndleddet|håndleddene|handleddet
kutte|kutter|kuttar|kutta|skjære|skjærer|skåret ~ WRIST
jeg|eg ~ kutter|kuttar|skjærer ~ meg !på|finger|fingeren|kvist|hekk
?selvskading|sjølvskading|selvskader|sjølvskadar
henge|hengt|hengte ME !på|opp|etter|fast|ut|over|med
tenker|tenkjer|tenkte på å hoppe
skutt|skote|druknet|drukna ME !på
bru|broen|broa|brua|taket ~ hoppe|hoppa !bad|bade|badeplass|barn|lov|lovlig
hoppe|hoppa|hopper ~ bru|broen|broa|brua|taket|toget !bad|bade|badeplass|barn|lov|lovlig
skyte|skyter|skyt ME selv|sjølv
?overdose
PILLS: piller|pillar|tabletter|tablettar|sovetabletter|sovetablettar|paracet|medisin
tatt|tok|teke|svelget|svelgde ~ =mange|=masse|=brett ~ PILLS

# violence
TRIES: vil|skal|prøver|prøvde|prøvar|prøve|truer|trugar|trua|kommer|kjem|forsøker
TRIES ~ drepe|drepa|myrde|myrda ~ ONE !IF
knivstukket|knivstukken|knivstikking|knivstakk
noen|nokon|mann|mannen|person|kompis|kompisen ~ skutt|skoten !elg|rådyr|hjort|ulv
THEY ~ =har|=hadde|=med ~ WEAPON !PERMIT|jakt|jakter|kurs|speider|gaffel|mat
truer|trugar|truet|truga|trua ~ med ~ WEAPON
truer|trugar|truet|truga|trua ~ med å ~ =brenne|=brenna|sprenge|sprenga|skyte|skyta
BEATS: =slår|=slo|=slått|sparker|sparkar|banker|bankar|kveler|kvelar|kvel|mishandler|mishandlar
THEY ~ BEATS ~ meg|oss|henne|barna|barnet|ungene|ungane|mamma|mora !fast|tv|lyset
blir|ble|blei|vart ~ slått|banket|banka|mishandlet|mishandla|kvalt av
redd|frykter|fryktar for livet|liv
voldtatt|valdteken|valdtatt|voldtar|valdtek !kurs
noen|nokon|han|de|dei ~ =skyter !opp|rakett|raketter|fyrverkeri|elg|rådyr|gull|blink
skyting|skyteepisode pågår|nå|no

# fire
PLACE: det|her|huset|hytta|leiligheten|leilegheita|bilen|skogen|garasjen|kjøkkenet|låven|taket
PLACE: blokka|bygget|bygningen|skolen|skulen|barnehagen|rommet|komfyren
ACHE: hals|halsen|øynene|auga|mage|magen|hode|hodet
LIGHT: lys|lyset|gatelys|gatelyset|lampe|lampa|søppel
PLACE ~ =brenner|=brenn !NOT|ACHE|LIGHT|IF
det|her er ~ =brann !IF|om|når|ved
=står|=stod|=sto ~ i brann|brannen|flammer|flammar|fyr
?=tok|=tatt|=tar|=tek|=teke fyr
full fyr !fest|festen|musikk|ovn|ovnen|omn|omnen|peis|peisen|grill|grillen
?=brann i|på|hos|nå|no
flammer|flammar i|på|fra|ut !ovn|ovnen|omn|omnen|peis|peisen|grill|grillen|bål|bålet
brannen|flammer|flammene|flammane ~ sprer|spreier|spreiar

# life and health
puster|pustar ~ NOT !klage|maske|ventilasjon
får|klarer|klarar|kan|greier ~ NOT ~ =puste|=pusta|=pust !maske
sluttet|slutta ~ =puste|=pusta
svelget|svelga|svelgde ~ blir ~ blå|blått
svelget|svelga|svelgde|svelgja ~ batteri|batteriet|gift|klor|salmiakk
?besvimt|besvimte|besvimer|svimer
bevisstløs|bevisstlaus|medvitslaus|medvitlaus|livløs|livlaus
?hjertestans|hjartestans|hjerteinfarkt|hjarteinfarkt|hjerneslag
blør|blødde|blør ~ =mye|=mykje|kraftig|voldsomt|masse|fælt
på å =kveles|=kvelast|=drukne|=drukna !OFFICE
drukner|druknar !OFFICE
WATER: isen|elva|elven|sjøen|fossen|brønnen|vannet|vatnet
THING: nøkkel|nøkkelen|nøkler|nøklene|telefon|telefonen|mobil|mobilen|båt|båten|ball|ballen
?gått|gikk|gjekk|falt|fall|ramla|datt ~ gjennom|uti|i WATER !THING|før|gjerde
ring|ringe|send|trenger|treng ~ ambulanse|sykebil|sjukebil !faktura|regning|egenandel
"""

ENGLISH: Final = """
SELF: myself|himself|herself|ourselves|themselves
ONE: me|us|him|her|them|you|someone|everyone|everybody|kids|children
THEY: he|she|they|someone|somebody|man|husband|wife|boyfriend|ex|neighbour|neighbor
THEY: father|dad|mother|mom|mum|brother|son
NOT: dont|not|no
WEAPON: knife|gun|rifle|weapon|axe
PERMIT: permit|licence|license

# suicide
kill|killing SELF
end|ending|take|taking ~ my|his|her ~ life
want|wants|wanted|wanna|going|gonna ~ =die !of|for|if|NOT
wish i was|were dead
NOT ~ want|reason ~ live !in|at|here|near|there|with|alone|on
NOT ~ want to be alive
better off dead
suicidal
?suicide|suicides

# self-harm
hurt|hurting|harm|harming|cutting SELF
?self harm|harming
?overdose|overdosed
took|taken|swallowed ~ many|bunch|lot ~ pills|tablets

# violence
TRIES: going|gonna|wants|trying|tried|threatens|threatening|threatened|will
TRIES ~ kill ONE !if|when
THEY ~ has|have|had|got|with ~ WEAPON !PERMIT
with a WEAPON !PERMIT
=stabbed
being|was|been|got =raped|=shot !flu|covid|vaccine
THEY ~ beats|hits|beating|hitting|strangling|choking ~ ONE
someone|somebody|man|he is ~ shooting !film|video|photos
fear|afraid|scared for my|our life|lives

# fire
PLACE: house|car|apartment|flat|building|kitchen|cabin|forest|school|room|garage|it|roof|stove
SERVICE: department|station|service|services|ban|PERMIT|alarm|alarms|extinguisher|inspection
PLACE ~ on =fire
PLACE ~ =burning !leaves|garden|legal|ok|allowed|wood|candles
there|theres ~ =fire !SERVICE|if|when|place|drill

# life and health
=isnt|=not|=stopped|=stops =breathing
cant|cannot|can|unable ~ =breathe !mask
unconscious|unresponsive
?heart attack
?cardiac arrest
having|has|had a stroke
bleeding ~ heavily|badly|lot|out|lots
drowning !paperwork|work|debt|bills|emails|forms
WATER: ice|river|water|lake|sea
fell|fallen|went ~ through|into|in the WATER !key|keys|phone|ball|boat
call|need|send ~ ambulance !bill|invoice|price|cost
"""

EXCUSES: Final = """
forebygge forebygging førebyggje førebygging kurs foredrag handlingsplan plan statistikk rapport
etterlatte etterlatne åpningstid åpningstider opningstider øvelse øving tilsyn forsikring
varsler fjor tidligere tidlegare rehabilitering kartlegging brosjyre artikkel bok film tema
informasjon etter siden sidan forbud =fare hatt søknad støttekontakt
prevention prevent course lecture plan statistics report survivors training insurance
last year ago recovering rehabilitation brochure article book film after information
"""
"""Beside a phrase marked with `?`, these mean that it is talked about and not happening."""
