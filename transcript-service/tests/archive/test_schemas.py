"""KS' own schemas and lists: what we make is as they would have it, and what is broken is found."""

import os
from pathlib import Path

import pytest
from transcript_service.archive.rules import MESSAGE_FILE
from transcript_service.archive.schemas import Schemas

pytestmark = pytest.mark.shared_data

PICTURE = ("Min garasje.jpg", "image/jpeg", b"\xff\xd8\xff")


@pytest.fixture(scope="module")
def schemas():
    return Schemas(Path(os.environ.get("SHARED_DATA", "../shared/data")) / "fiks-arkiv" / "V1")


@pytest.mark.parametrize("archive", ["archive", "journal"])
@pytest.mark.parametrize("folder", ["conversation", "topic_year"])
@pytest.mark.parametrize("topic", [None, "skatt", "omsorg"])
def test_what_we_make_is_valid(schemas, enquiries, archive, folder, topic):
    rules = {"folder": folder, "classes": {"skatt": "233"}, "classification_system": "KK"}
    package = enquiries.package(archive=archive, topic=topic, sent=[PICTURE], rules=rules)

    assert schemas.faults_of(package.files) == ()


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("<tittel>", "<titel>", "message_unreadable"),
        ("<system>Prek med oss</system>", "", "schema"),
        ("<antallVedlegg>1<", "<antallVedlegg>ett<", "schema"),
        ("<n5mdk:kode>I</n5mdk:kode>", "<n5mdk:kode>TULL</n5mdk:kode>", "code_list"),
        ("<n5mdk:kode>KORR</n5mdk:kode>", "<n5mdk:kode>PRAT</n5mdk:kode>", "code_list"),
    ],
)
def test_what_is_broken_is_found(schemas, enquiries, old, new, found):
    files = dict(enquiries.package(archive="journal", sent=[PICTURE]).files)
    message = files[MESSAGE_FILE].decode()
    assert old in message
    files[MESSAGE_FILE] = message.replace(old, new, 1).encode()

    assert found in {fault.code for fault in schemas.faults_of(files)}


def test_our_codes_are_in_the_lists(schemas):
    from transcript_service.archive.codes import CODES  # noqa: PLC0415

    for element, codes in CODES.items():
        assert set(codes) <= schemas._lists[element.lower()], element
