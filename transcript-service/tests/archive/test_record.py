"""What is said of an enquiry in the archive: titles, parties, shielding, dates, keys."""

from transcript_service.archive.record import HIDDEN

SHIELDED = {"shielded_topics": ("skatt",)}


def test_titles_name_nobody(enquiries):
    record = enquiries.record(contact="kari.nordmann@example.no", written=True)

    assert record.title == "Skriftlig spørsmål om Skatt – Ukjent innbygger"
    assert record.public_title == "Skriftlig spørsmål om Skatt – *****"
    assert record.folder.title == "Skriftlig spørsmål 456789AB – Skatt"


def test_a_confidential_department_shields_record_and_folder_and_hides_the_topic(enquiries):
    record = enquiries.record(topic="omsorg", department="barn")

    assert record.shielding is not None
    assert record.shielding == record.folder.shielding
    assert "Omsorg" in record.title
    assert "Omsorg" not in record.public_title + record.folder.public_title
    assert HIDDEN in record.public_title


def test_one_that_a_confidential_department_has_had_stays_shielded(enquiries):
    record = enquiries.record(owners=(("Nora", "barn"), ("Kari", "torget")))

    assert record.shielding is not None


def test_a_topic_is_shielded_by_the_set_up(enquiries):
    assert enquiries.record().shielding is None
    assert enquiries.record(rules=SHIELDED).shielding.code == "UOFF"


def test_who_answered_last_receives_it_and_the_others_get_a_copy(enquiries):
    owners = (("Kari", "torget"), ("Per", "bygg"), ("Kari", "torget"), ("Siv", "bygg"))
    record = enquiries.record(owners=owners)
    parties = [(party.kind, party.unit, party.agent) for party in record.parties]

    assert parties == [
        ("EA", None, None),
        ("IM", "Byggesak", "Siv"),
        ("IK", "Servicetorget", "Kari"),
        ("IK", "Byggesak", "Per"),
    ]


def test_one_that_nobody_answered_is_received_by_its_department(enquiries):
    record = enquiries.record(owners=())

    assert [(party.kind, party.agent) for party in record.parties] == [("EA", None), ("IM", None)]
    assert record.folder.responsible is None


def test_a_contact_is_an_address_or_a_number(enquiries):
    (by_mail, *_), (by_phone, *_) = (
        enquiries.record(contact=contact).parties for contact in ("a@b.no", "+47 69 10 80 00")
    )

    assert (by_mail.email, by_mail.telephone) == ("a@b.no", None)
    assert (by_phone.email, by_phone.telephone) == (None, "+47 69 10 80 00")


def test_times_are_norways_with_their_offset(enquiries):
    record = enquiries.record()

    assert record.received_at.isoformat() == "2026-10-25T02:32:00+02:00"
    assert record.ended_on.isoformat() == "2026-10-25"


def test_a_folder_for_each_topic_and_year_is_open_and_shared(enquiries):
    rules = {"folder": "topic_year"}
    record = enquiries.record(rules=rules)
    folder = record.folder

    assert (folder.key, folder.title) == ("testvik/skatt/2026", "Chat – Skatt 2026")
    assert (folder.status, folder.responsible) == ("B", None)
    assert record.key != folder.key


def test_a_shared_folder_is_not_shielded_by_one_enquiry_in_it(enquiries):
    rules = {"folder": "topic_year"}
    record = enquiries.record(rules=rules, owners=(("Nora", "barn"),))

    assert record.shielding is not None
    assert record.folder.shielding is None


def test_a_second_version_has_a_key_of_its_own_in_the_same_folder(enquiries):
    first, second = enquiries.record(), enquiries.record(version=2, archive="journal")

    assert second.key == f"{first.key}/2"
    assert second.folder.key == first.folder.key
    assert first.key in second.description


def test_the_class_is_the_municipalitys_own(enquiries):
    rules = {"classes": {"skatt": "K2 - 233"}, "classification_system": "KK"}

    assert enquiries.record(rules=rules).classification == ("KK", "K2 - 233", "Skatt")
    assert enquiries.record().classification is None


def test_the_creator_is_the_municipality_unless_it_says_another(enquiries):
    assert enquiries.record().creator == "Testvik kommune"
    assert enquiries.record(rules={"creator": "Rådmannen"}).creator == "Rådmannen"


def test_a_nynorsk_municipality_has_nynorsk_titles(make, enquiries):
    enquiries.directory = lambda **rules: make.directory(languages=("nn", "nb"))

    assert "Ukjend innbyggjar" in enquiries.record().title
