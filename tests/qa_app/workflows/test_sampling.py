from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest

from db.records import (
    AssignmentState,
    Frame,
    Person,
    PersonId,
    Purpose,
    Sample,
    SampleId,
    ScorecardVersionId,
    Selection,
    SessionId,
    TeamId,
)
from db.store import assignments, audit, people, samples, tickets
from qa_app.domain.sampling import draw
from qa_app.errors import NotAllowed, NotFound, Refused
from qa_app.workflows import access, calibration, grading, sampling, scorecards
from qa_app.workflows.calibration_setup import find_drawn_session
from qa_app.workflows.sampling import NewPlan
from tests.factories import fill, make_conversation
from tests.qa_app.workflows.house import (
    ADMIN,
    BO,
    COACH,
    CY,
    DI,
    FACILITATOR,
    LEAD,
    MANAGER,
    NINA,
    NORTH,
    SAM,
    SOUTH,
    T1,
    T2,
    T3,
    T4,
    VERSION,
    House,
)

OF_NINA = {T1.id, T2.id, T3.id}
ALL = NewPlan("Week 10", Frame(), size=10)


def test_draw_keeps_plan_seed_frame_hash_and_probabilities(house: House) -> None:
    new = NewPlan(" Week 10 ", Frame(), size=2, strata=("team",))
    sample = sampling.draw_sample(house.act(MANAGER), new, seed=7)
    assert (sample.plan.name, sample.seed, sample.frame_size, sample.selection) == (
        "Week 10", 7, 4, Selection.STRATIFIED,
    )  # fmt: skip
    assert (sample.drawn_at, sample.drawn_by) == (house.now, MANAGER.id)
    # Three of the four tickets are of the north, one of the south; each stratum gets at least one.
    assert {item.stratum: item.probability for item in sample.items} == {
        f"team={NORTH.id}": Decimal("0.3333333333333333333333333333"), f"team={SOUTH.id}": Decimal(1),
    }  # fmt: skip
    assert sampling.view_sample(house.act(MANAGER), sample.id).sample == sample
    assert sampling.list_samples(house.act(MANAGER)) == (sample,)
    with house.store.read() as tx:
        entry = audit.entries(tx)[0]
    assert (entry.action, entry.object_id) == ("sample.draw", sample.id)
    assert entry.after == {"seed": 7, "frame_hash": sample.frame_hash, "frame_size": 4, "drawn": 2}


def test_sample_can_be_drawn_again_from_what_was_stored(house: House) -> None:
    stored = sampling.draw_sample(house.act(MANAGER), replace(ALL, size=2), seed=3)
    with house.store.read() as tx:
        again = draw(tickets.frame_tickets(tx, stored.plan.frame), stored.plan, seed=stored.seed)
    assert (again.items, again.frame_hash) == (stored.items, stored.frame_hash)


def test_frame_is_counted_and_filtered(house: House) -> None:
    context = house.act(MANAGER)
    assert sampling.count_frame(context, Frame()) == 4
    assert sampling.count_frame(context, Frame(agent_ids=(SAM.id,))) == 1
    house.grade(BO, T1)
    assert sampling.count_frame(context, Frame(reviewed=False)) == 3


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (replace(ALL, name=" "), "plan-name"),
        (replace(ALL, frame=Frame(tags=("never",))), "frame-empty"),
        (replace(ALL, size=0), "plan-invalid"),
        (replace(ALL, strata=("weather",)), "plan-invalid"),
        (replace(ALL, per_agent=0), "plan-invalid"),
    ],
    ids=["no name", "empty frame", "no size", "unknown stratum", "no quota"],
)
def test_plan_that_does_not_fit_is_refused_and_not_kept(sqlite_house: House, new: NewPlan, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        sampling.draw_sample(sqlite_house.act(MANAGER), new, seed=1)
    assert refusal.value.code == code
    assert sampling.list_samples(sqlite_house.act(MANAGER)) == ()
    with sqlite_house.store.read() as tx:
        assert samples.plans(tx) == ()


def test_scoped_lead_draws_own_teams_only(house: House) -> None:
    sample = sampling.draw_sample(house.act(LEAD), ALL, seed=1)
    assert sample.plan.frame.team_ids == (NORTH.id,)
    assert {item.ticket_id for item in sample.items} == {T1.id, T2.id, T3.id}
    assert sampling.count_frame(house.act(LEAD), Frame()) == 3
    with pytest.raises(NotAllowed) as refusal:
        sampling.draw_sample(house.act(LEAD), replace(ALL, frame=Frame(team_ids=(SOUTH.id,))), seed=1)
    assert refusal.value.code == "team-out-of-scope"


def test_scoped_lead_finds_and_hands_out_samples_of_own_teams_only(house: House) -> None:
    own = sampling.draw_sample(house.act(LEAD), ALL, seed=1)
    whole = sampling.draw_sample(house.act(MANAGER), ALL, seed=1)
    other = sampling.draw_sample(house.act(MANAGER), replace(ALL, frame=Frame(team_ids=(SOUTH.id,))), seed=1)
    assert sampling.list_samples(house.act(LEAD)) == (own,)
    assert {sample.id for sample in sampling.list_samples(house.act(MANAGER))} == {own.id, whole.id, other.id}
    for sample in (whole, other):
        with pytest.raises(NotFound):
            sampling.view_sample(house.act(LEAD), sample.id)
        with pytest.raises(NotFound):
            hand_out(house, LEAD, sample.id, BO)
        with pytest.raises(NotFound):
            sampling.replace_ticket(house.act(LEAD), sample.id, sample.items[0].ticket_id, reason="Spam")
    assert len(hand_out(house, LEAD, own.id, BO).assignments) == 3


@pytest.mark.parametrize("actor", [BO, COACH, NINA], ids=lambda person: person.name)
def test_reviewers_coaches_and_agents_neither_draw_nor_hand_out(house: House, actor: Person) -> None:
    sample = sampling.draw_sample(house.act(FACILITATOR), ALL, seed=1)
    with pytest.raises(NotAllowed):
        sampling.draw_sample(house.act(actor), ALL, seed=1)
    with pytest.raises(NotAllowed):
        sampling.count_frame(house.act(actor), Frame())
    with pytest.raises(NotAllowed):
        hand_out(house, actor, sample.id, BO)


def test_sample_is_split_evenly_and_its_rest_later(house: House) -> None:
    sample = sampling.draw_sample(house.act(MANAGER), ALL, seed=1)
    out = hand_out(house, MANAGER, sample.id, BO, CY)
    assert out.unassignable == ()
    assert sorted(assignment.reviewer_id for assignment in out.assignments) == [BO.id, BO.id, CY.id, CY.id]
    assert {assignment.ticket_id for assignment in out.assignments} == {T1.id, T2.id, T3.id, T4.id}
    for assignment in out.assignments:
        assert (assignment.purpose, assignment.selection, assignment.sample_id) == (
            Purpose.QUALITY, Selection.RANDOM, sample.id,
        )  # fmt: skip
    view = sampling.view_sample(house.act(MANAGER), sample.id)
    assert set(view.assignments) == set(out.assignments)
    assert view.agents == {T1.id: NINA, T2.id: NINA, T3.id: NINA, T4.id: SAM}
    assert hand_out(house, MANAGER, sample.id, BO, CY).assignments == ()


def test_nobody_is_given_own_work(house: House) -> None:
    both = access.add_person(
        house.act(ADMIN), access.NewPerson("Rob", roles=frozenset({*BO.roles, *NINA.roles}), team="North")
    )
    conversation = make_conversation(9, agent=both)
    shared = make_conversation(10, agent=NINA)
    shared = replace(shared, ticket=replace(shared.ticket, other_agent_ids=(both.id,)))
    with house.store.write() as tx:
        tickets.add_conversations(tx, [conversation, shared])
    sample = sampling.draw_sample(house.act(MANAGER), ALL, seed=1)
    out = hand_out(house, MANAGER, sample.id, both)
    assert set(out.unassignable) == {conversation.ticket.id, shared.ticket.id}
    assert {assignment.ticket_id for assignment in out.assignments} == {T1.id, T2.id, T3.id, T4.id}


def test_nobody_is_given_a_ticket_that_they_grade_already(house: House) -> None:
    house.assign(BO, T1)
    house.grade(BO, T2)
    sample = sampling.draw_sample(house.act(MANAGER), ALL, seed=1)
    out = hand_out(house, MANAGER, sample.id, BO)
    assert set(out.unassignable) == {T1.id, T2.id}
    assert {assignment.ticket_id for assignment in out.assignments} == {T3.id, T4.id}


def test_open_work_counts_when_work_is_split(house: House) -> None:
    for ticket in (T1, T2, T3):
        house.assign(BO, ticket)
    sample = sampling.draw_sample(house.act(MANAGER), replace(ALL, size=3), seed=1)
    out = hand_out(house, MANAGER, sample.id, BO, CY)
    assert [assignment.reviewer_id for assignment in out.assignments] == [CY.id] * 3


def test_hand_out_needs_reviewers_and_a_version_in_force(house: House) -> None:
    context = house.act(MANAGER)
    sample = sampling.draw_sample(context, ALL, seed=1)
    access.set_active(house.act(ADMIN), DI.id, active=False)
    for reviewers, code in (
        ((), "no-reviewer"),
        ((BO, COACH), "not-a-reviewer"),
        ((DI,), "not-a-reviewer"),
    ):
        with pytest.raises(Refused) as refusal:
            hand_out(house, MANAGER, sample.id, *reviewers)
        assert refusal.value.code == code
    scorecards.archive(context, VERSION.id)
    for version_id in (VERSION.id, ScorecardVersionId("none")):
        with pytest.raises(Refused) as refusal:
            hand_out(house, MANAGER, sample.id, BO, version_id=version_id)
        assert refusal.value.code == "version-not-in-force"
    assert sampling.view_sample(context, sample.id).assignments == ()


def test_sample_names_no_agent_to_who_grades_the_ticket_blind(house: House) -> None:
    sample = sampling.draw_sample(house.act(MANAGER), ALL, seed=7)
    house.open_session(T1.id)
    assert sampling.view_sample(house.act(BO), sample.id).agents == {T2.id: NINA, T3.id: NINA, T4.id: SAM}
    assert sampling.view_sample(house.act(MANAGER), sample.id).agents == {
        T1.id: NINA, T2.id: NINA, T3.id: NINA, T4.id: SAM,
    }  # fmt: skip


def test_unknown_sample_is_not_found(sqlite_house: House) -> None:
    with pytest.raises(NotFound):
        sampling.view_sample(sqlite_house.act(MANAGER), SampleId("none"))


def test_replacement_takes_the_assignment_over_and_keeps_the_reason(house: House) -> None:
    sample = sampling.draw_sample(house.act(MANAGER), replace(ALL, size=2, frame=Frame(team_ids=(NORTH.id,))), seed=1)
    drawn = sample.items[0].ticket_id
    (spare,) = {T1.id, T2.id, T3.id} - {item.ticket_id for item in sample.items}
    hand_out(house, MANAGER, sample.id, BO)
    assert sampling.replace_ticket(house.act(MANAGER), sample.id, drawn, reason=" Spam ") == spare
    view = sampling.view_sample(house.act(MANAGER), sample.id)
    item = view.sample.items[0]
    assert (item.ticket_id, item.replaced_by, item.replacement_reason) == (drawn, spare, "Spam")
    assert set(view.tickets) == {T1.id, T2.id, T3.id}
    assert {row.ticket.id for row in grading.list_queue(house.act(BO))} == {spare, sample.items[1].ticket_id}
    withdrawn = next(each for each in view.assignments if each.state is AssignmentState.WITHDRAWN)
    moved = next(each for each in view.assignments if each.ticket_id == spare)
    assert (withdrawn.ticket_id, withdrawn.skip_reason) == (drawn, "Spam")
    with house.store.read() as tx:
        # The replacement stands for as many tickets as the drawn one did.
        assert samples.probabilities(tx, [moved.id]) == {moved.id: item.probability}
        entry = audit.entries(tx)[0]
    assert (entry.action, entry.before, entry.after, entry.why) == (
        "sample.replace", {"ticket": drawn}, {"ticket": spare}, "Spam",
    )  # fmt: skip


def test_replacement_before_the_hand_out_is_handed_out_and_can_be_replaced_again(house: House) -> None:
    context = house.act(MANAGER)
    sample = sampling.draw_sample(context, replace(ALL, size=1), seed=1)
    drawn = sample.items[0].ticket_id
    first = sampling.replace_ticket(context, sample.id, drawn, reason="Spam")
    (assignment,) = hand_out(house, MANAGER, sample.id, BO).assignments
    assert assignment.ticket_id == first
    second = sampling.replace_ticket(context, sample.id, drawn, reason="Test call")
    assert [row.ticket.id for row in grading.list_queue(house.act(BO))] == [second]
    assert len({drawn, first, second}) == 3


def test_replacement_stays_in_the_stratum_and_is_never_the_reviewers_own_work(house: House) -> None:
    both = Person(PersonId("rob"), "Rob", roles=BO.roles, team_id=NORTH.id)
    context = house.act(MANAGER)
    sample = sampling.draw_sample(context, replace(ALL, size=3, strata=("team",)), seed=1)
    south = next(item for item in sample.items if item.ticket_id == T4.id)
    hand_out(house, MANAGER, sample.id, BO)
    with pytest.raises(Refused) as used_up:
        sampling.replace_ticket(context, sample.id, south.ticket_id, reason="Spam")
    assert used_up.value.code == "stratum-used-up"
    with house.store.write() as tx:
        people.add_person(tx, both)
        tickets.add_conversations(tx, [make_conversation(n, agent=both) for n in range(10, 20)])
    frame = Frame(agent_ids=(NINA.id, both.id))
    of_nina = next(
        drawn
        for seed in count()
        for drawn in [sampling.draw_sample(context, replace(ALL, size=1, frame=frame), seed=seed)]
        if drawn.items[0].ticket_id in OF_NINA
    )
    (assignment,) = hand_out(house, MANAGER, of_nina.id, both).assignments
    for _ in range(2):
        assert sampling.replace_ticket(context, of_nina.id, assignment.ticket_id, reason="Spam") in OF_NINA


def test_replacement_needs_a_reason_and_an_ungraded_drawn_ticket(house: House) -> None:
    context = house.act(MANAGER)
    sample = sampling.draw_sample(context, replace(ALL, size=2, frame=Frame(team_ids=(NORTH.id,))), seed=1)
    (first, second) = (item.ticket_id for item in sample.items)
    hand_out(house, MANAGER, sample.id, BO)
    rows = {row.ticket.id: row.assignment.id for row in grading.list_queue(house.act(BO))}
    house.submit(BO, rows[first], fill())
    refused = []
    for ticket_id, reason in ((second, " "), (T4.id, "Spam"), (first, "Spam")):
        with pytest.raises(Refused) as refusal:
            sampling.replace_ticket(context, sample.id, ticket_id, reason=reason)
        refused.append(refusal.value.code)
    assert refused == ["replacement-reason", "not-in-sample", "replacement-graded"]
    assert sampling.view_sample(context, sample.id).sample == sample


def test_sample_of_a_calibration_names_its_session_to_who_runs_it(house: House) -> None:
    new = calibration.NewSession("Week 10", VERSION.id, (), (BO.id, CY.id), plan=replace(ALL, size=2))
    session = calibration.open_session(house.act(FACILITATOR), new)
    (drawn,) = sampling.list_samples(house.act(FACILITATOR))
    everyday = sampling.draw_sample(house.act(MANAGER), replace(ALL, size=3), seed=2)

    def find(person: Person, sample: Sample) -> SessionId | None:
        found = find_drawn_session(house.act(person), sample)
        return None if found is None else found.id

    assert (find(FACILITATOR, drawn), find(FACILITATOR, everyday)) == (session.id, None)
    assert find(BO, drawn) is None
    calibration.cancel_session(house.act(FACILITATOR), session.id, why="The card changes")
    assert find(FACILITATOR, drawn) is None  # its tickets can be handed out for everyday work again


def test_team_that_is_not_there_makes_an_empty_frame(sqlite_house: House) -> None:
    assert sampling.count_frame(sqlite_house.act(MANAGER), Frame(team_ids=(TeamId("none"),))) == 0


def hand_out(
    house: House, actor: Person, sample_id: SampleId, *reviewers: Person, version_id: ScorecardVersionId = VERSION.id
) -> sampling.HandedOut:
    return sampling.assign_sample(
        house.act(actor),
        sample_id,
        version_id=version_id,
        reviewer_ids=[reviewer.id for reviewer in reviewers],
        due_at=None,
        seed=1,
    )


def test_assignments_of_a_sample_are_stored(house: House) -> None:
    sample = sampling.draw_sample(house.act(MANAGER), ALL, seed=1)
    out = hand_out(house, MANAGER, sample.id, BO)
    with house.store.read() as tx:
        assert set(assignments.assignments(tx, sample_id=sample.id)) == set(out.assignments)
