"""What of a set-up the citizens' door may know, and which addresses alerts may go to."""

import pytest
from pydantic import ValidationError
from services.contracts import AgentProfile, AlertTargets, Department, TenantDirectory

TARGETS = AlertTargets(department=("vakt@kommune.example",), leader=("leder@kommune.example",))


def test_the_public_one_names_nobody_who_works_there(make):
    department = Department(id="bygg", name={"nb": "Bygg"}, confidential=True, alerts=TARGETS)
    directory = make.directory(
        departments=(department,),
        agents=(AgentProfile(id="kari", name="Kari Vik"),),
        alerts=TARGETS,
    )

    public = directory.public()

    assert "kommune.example" not in public.model_dump_json()
    assert "Kari" not in public.model_dump_json()
    assert (public.agents, public.replies) == ((), ())
    assert public.departments == (department.evolve(alerts=AlertTargets()),)
    assert TenantDirectory.read(public.model_dump_json()) == public


@pytest.mark.parametrize(
    "address", ["vakt@kommune.no", "post.mottak+chat@sub.kommune.no", "øyvind@ås.kommune.no"]
)
def test_an_alert_goes_to_one_address(address):
    assert AlertTargets(department=(address,)).department == (address,)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "vakt",
        "vakt@",
        "@kommune.no",
        "vakt@kommune",
        "vakt@@kommune.no",
        "Vakt <vakt@kommune.no>",
        "vakt@kommune.no,andre@kommune.no",
        "vakt@kommune.no\r\nBcc: andre@kommune.no",
        "vakt@kommune.no\n",
        "vakt@kommune .no",
        '"vakt"@kommune.no',
        f"{'v' * 250}@kommune.no",
    ],
)
def test_an_alert_does_not_go_to_what_is_no_address_or_more_than_one(address):
    with pytest.raises(ValidationError):
        AlertTargets(leader=(address,))


def test_an_alert_goes_to_twenty_at_most():
    twenty = tuple(f"vakt{n}@kommune.no" for n in range(20))
    assert AlertTargets(department=twenty).department == twenty
    with pytest.raises(ValidationError):
        AlertTargets(department=(*twenty, "en.til@kommune.no"))
