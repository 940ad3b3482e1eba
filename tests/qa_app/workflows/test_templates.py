import pytest

from db.store import audit
from qa_app.errors import NotAllowed, NotFound, Refused
from qa_app.workflows.templates import add_template, list_templates, remove_template
from tests.qa_app.workflows.house import BO, CY, MANAGER, NINA, House


def test_templates_are_shared_by_leads_or_ones_own(house: House) -> None:
    own = add_template(house.act(BO), label=" named it ", text=" You named the trouble first.\n")
    shared = add_template(house.act(MANAGER), label="Greeting", text="Warm and personal.", shared=True)
    assert (own.label, own.text, own.owner_id) == ("named it", "You named the trouble first.", BO.id)
    assert list_templates(house.act(BO)) == (shared, own)
    assert list_templates(house.act(CY)) == (shared,)
    assert list_templates(house.act(NINA)) == ()


def test_removed_template_is_gone_and_the_audit_says_so(house: House) -> None:
    own = add_template(house.act(BO), label="a", text="b")
    shared = add_template(house.act(MANAGER), label="c", text="d", shared=True)
    with pytest.raises(NotFound):
        remove_template(house.act(CY), own.id)
    with pytest.raises(NotAllowed):
        remove_template(house.act(BO), shared.id)
    remove_template(house.act(BO), own.id)
    remove_template(house.act(MANAGER), shared.id)
    assert list_templates(house.act(BO)) == ()
    with house.store.read() as tx:
        found = [(entry.action, entry.object_id, entry.after) for entry in audit.entries(tx)]
    assert found == [
        ("template.remove", shared.id, {"shared": True}),
        ("template.remove", own.id, {"shared": False}),
        ("template.add", shared.id, {"shared": True}),
        ("template.add", own.id, {"shared": False}),
    ]


@pytest.mark.parametrize(
    ("label", "text", "code"),
    [
        (" ", "b", "template-label"),
        ("a" * 81, "b", "template-label"),
        ("a", " ", "template-text"),
        ("a", "b" * 4001, "template-text"),
    ],
)
def test_template_that_is_empty_or_too_long_is_refused(house: House, label: str, text: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        add_template(house.act(BO), label=label, text=text)
    assert refusal.value.code == code


def test_only_leads_share_and_agents_keep_none(house: House) -> None:
    for person, shared in ((BO, True), (NINA, False)):
        with pytest.raises(NotAllowed):
            add_template(house.act(person), label="a", text="b", shared=shared)
