from collections import Counter
from datetime import UTC, date, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.records import PersonId, TicketId
from qa_app.domain.assignment import Gradable, Split, due_at, split

REVIEWERS = [PersonId(name) for name in ("ana", "ben", "cyd", "dee")]
people = st.sampled_from(REVIEWERS)


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Gradable], list[PersonId], dict[PersonId, int]]:
    handlers = draw(st.lists(st.lists(people, unique=True, max_size=4), max_size=25))
    tickets = [Gradable(TicketId(f"t{number}"), tuple(agents)) for number, agents in enumerate(handlers)]
    reviewers = draw(st.lists(people, unique=True))
    load = draw(st.dictionaries(people, st.integers(0, 8)))
    return tickets, reviewers, load


def test_what_is_due_on_a_day_is_late_from_six_in_the_evening_there() -> None:
    assert due_at(date(2026, 11, 23), ZoneInfo("Europe/Berlin")) == datetime(2026, 11, 23, 17, tzinfo=UTC)


def tickets_of(*agents: str) -> list[Gradable]:
    return [Gradable(TicketId(f"t{number}"), (PersonId(agent),)) for number, agent in enumerate(agents)]


def numbers(result: Split) -> Counter[PersonId]:
    return Counter(reviewer for _, reviewer in result.pairs)


def test_split_is_even_where_nobody_meets_own_work() -> None:
    result = split(tickets_of(*["other"] * 10), REVIEWERS, seed=1)
    assert sorted(numbers(result).values()) == [2, 2, 3, 3]
    assert result.unassignable == ()


def test_split_known_answer() -> None:
    # Lots by `printf 'assign\nt0' | openssl dgst -sha256 -hmac 7` put the tickets in the order t0 t2 t3 t1 t4;
    # where both have as many, `assign\nt0\nben` (23a2) goes before `assign\nt0\nana` (6527), and ana, ben for t3, t4.
    result = split(tickets_of(*["other"] * 5), REVIEWERS[:2], seed=7)
    assert result.pairs == (("t0", "ben"), ("t1", "ben"), ("t2", "ana"), ("t3", "ana"), ("t4", "ben"))


def test_open_work_is_balanced_where_it_is_given() -> None:
    load = {PersonId("ana"): 5, PersonId("ben"): 2}
    new = numbers(split(tickets_of(*["other"] * 9), REVIEWERS, seed=1, load=load))
    assert new[PersonId("ana")] == 0
    assert sorted([2 + new[PersonId("ben")], new[PersonId("cyd")], new[PersonId("dee")]]) == [3, 4, 4]


def test_a_greedy_start_is_repaired_along_a_chain() -> None:
    # Only ana may grade the last four; an even split gives her nothing of the rest.
    tickets = [
        *tickets_of(*["other"] * 8),
        *(Gradable(TicketId(f"only-{n}"), tuple(REVIEWERS[1:])) for n in range(4)),
    ]
    for seed in range(20):
        assert numbers(split(tickets, REVIEWERS[:3], seed=seed)) == {"ana": 4, "ben": 4, "cyd": 4}


def test_a_ticket_that_everybody_handled_is_handed_back() -> None:
    ticket = Gradable(TicketId("t"), tuple(REVIEWERS))
    assert split([ticket], REVIEWERS, seed=1) == Split(pairs=(), unassignable=(TicketId("t"),))
    assert split([ticket], [], seed=1).unassignable == (TicketId("t"),)


def test_a_ticket_twice_is_a_broken_promise() -> None:
    with pytest.raises(ValueError, match="a ticket stands twice"):
        split([Gradable(TicketId("t")), Gradable(TicketId("t"))], REVIEWERS, seed=1)


@given(cases(), st.integers())
def test_nobody_grades_own_work_and_no_ticket_is_lost(
    case: tuple[list[Gradable], list[PersonId], dict[PersonId, int]], seed: int
) -> None:
    tickets, reviewers, load = case
    result = split(tickets, reviewers, seed=seed, load=load)
    agents = {ticket.ticket_id: ticket.agent_ids for ticket in tickets}
    assert all(reviewer in reviewers and reviewer not in agents[ticket_id] for ticket_id, reviewer in result.pairs)
    assert all(set(reviewers) <= set(agents[ticket_id]) for ticket_id in result.unassignable)
    assert sorted([ticket_id for ticket_id, _ in result.pairs] + list(result.unassignable)) == sorted(agents)


@given(cases(), st.integers())
def test_no_ticket_could_go_to_somebody_with_two_fewer(
    case: tuple[list[Gradable], list[PersonId], dict[PersonId, int]], seed: int
) -> None:
    tickets, reviewers, load = case
    result = split(tickets, reviewers, seed=seed, load=load)
    total = {reviewer: load.get(reviewer, 0) + numbers(result)[reviewer] for reviewer in reviewers}
    agents = {ticket.ticket_id: ticket.agent_ids for ticket in tickets}
    hands = {a: {b for t, r in result.pairs if r == a for b in reviewers if b not in agents[t]} for a in reviewers}
    for giver in reviewers:
        reached, edge = {giver}, {giver}
        while edge:
            edge = {other for person in edge for other in hands[person]} - reached
            reached |= edge
        assert all(total[giver] - total[other] <= 1 for other in reached)


@given(cases(), st.integers(), st.randoms(use_true_random=False))
def test_order_of_tickets_and_reviewers_does_not_matter(
    case: tuple[list[Gradable], list[PersonId], dict[PersonId, int]], seed: int, chance: Random
) -> None:
    tickets, reviewers, load = case
    before = split(tickets, reviewers, seed=seed, load=load)
    chance.shuffle(tickets)
    chance.shuffle(reviewers)
    assert dict(split(tickets, reviewers, seed=seed, load=load).pairs) == dict(before.pairs)


def test_the_seed_decides_who_gets_what() -> None:
    tickets = tickets_of(*["other"] * 12)
    assert len({split(tickets, REVIEWERS, seed=seed).pairs for seed in range(10)}) == 10
