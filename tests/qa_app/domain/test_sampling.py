from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal, localcontext
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from db.records import PersonId, Sample, SampleId, SampleItem, SamplingPlan, Selection, Ticket, TicketId
from qa_app.domain.sampling import (
    Drawn,
    draw,
    find_replacement,
    label_stratum,
    plan_problems,
    read_stratum,
    verify,
)
from qa_app.errors import Refused
from scorecards.model import Channel
from tests.qa_app.domain.tickets import make_plan, make_ticket
from tests.qa_app.worked import read_worked

SEVEN = [
    make_ticket("1001", Channel.CHAT, agent="ana"),
    make_ticket("1002", Channel.CHAT, agent="ana"),
    make_ticket("1003", Channel.CHAT, agent="ben"),
    make_ticket("1004", Channel.CHAT, agent="ben"),
    make_ticket("1005", Channel.EMAIL, agent="ana"),
    make_ticket("1006", Channel.EMAIL, agent="ben"),
    make_ticket("1007", Channel.CALL),
]
SEVEN_HASH = "1ba31c94904427b949a082e2441294c322e347791f38d2fbd14f61ddd2049637"  # printf … | sha256sum
SIX_HASH = "912db997c9de6e6def7a9d8a357afcc4110b1176c1af998d4caa51a80f6fb0f7"  # the same without the last line

frames = st.lists(
    st.tuples(
        st.integers(0, 10_000),
        st.sampled_from(Channel),
        st.sampled_from(["ana", "ben", "cyd", None]),
        st.sampled_from(["north", "south", None]),
    ),
    min_size=1,
    max_size=60,
    unique_by=lambda row: row[0],
).map(lambda rows: [make_ticket(str(row[0]), row[1], agent=row[2], team=row[3]) for row in rows])
plans = st.builds(
    lambda size, strata, per_agent: make_plan(size, *strata, per_agent=per_agent),
    st.integers(1, 50),
    st.lists(st.sampled_from(["channel", "team", "agent", "language"]), unique=True, max_size=3),
    st.none() | st.integers(1, 6),
)


def ids(drawn: Drawn) -> list[str]:
    return [item.ticket_id for item in drawn.items]


def store(drawn: Drawn, plan: SamplingPlan, *, seed: int) -> Sample:
    moment = datetime(2026, 2, 1, tzinfo=UTC)
    return Sample(
        SampleId("s"),
        plan,
        seed,
        drawn.frame_hash,
        drawn.frame_size,
        drawn.selection,
        moment,
        PersonId("boss"),
        drawn.items,
    )


def test_order_and_frame_hash_as_worked_in_the_documentation() -> None:
    rows = read_worked("algorithms/sampling.md", "rank")
    drawn = draw(SEVEN, make_plan(7), seed=7)
    assert {item.ticket_id: str(item.rank) for item in drawn.items} == {f"t{r['external id']}": r["rank"] for r in rows}
    assert sorted(rows, key=lambda row: row["rank key begins with"]) == sorted(rows, key=lambda row: row["rank"])
    assert drawn.frame_hash == SEVEN_HASH


def test_simple_random_sample_known_answer() -> None:
    three_sevenths = Decimal("0.4285714285714285714285714286")
    assert draw(SEVEN, make_plan(3), seed=7) == Drawn(
        items=(
            SampleItem(TicketId("t1004"), 1, "all", three_sevenths),
            SampleItem(TicketId("t1002"), 2, "all", three_sevenths),
            SampleItem(TicketId("t1003"), 3, "all", three_sevenths),
        ),
        frame_hash=SEVEN_HASH,
        frame_size=7,
        selection=Selection.RANDOM,
    )


def test_stratified_sample_gives_every_stratum_one() -> None:
    drawn = draw(SEVEN, make_plan(4, "channel"), seed=7)
    # Shares of 4 among 1, 4 and 2 of 7: the call's 4/7 is below 1; 3 x 4/6 = 2 and 3 x 2/6 = 1.
    assert drawn.items == (
        SampleItem(TicketId("t1007"), 1, "channel=call", Decimal(1)),
        SampleItem(TicketId("t1004"), 1, "channel=chat", Decimal("0.5")),
        SampleItem(TicketId("t1002"), 2, "channel=chat", Decimal("0.5")),
        SampleItem(TicketId("t1006"), 1, "channel=email", Decimal("0.5")),
    )
    assert drawn.selection is Selection.STRATIFIED


def test_quota_per_agent_leaves_tickets_without_agent_out_of_the_frame() -> None:
    drawn = draw(SEVEN, make_plan(9, per_agent=2), seed=7)
    two_thirds = Decimal("0.6666666666666666666666666667")
    assert drawn.items == (
        SampleItem(TicketId("t1002"), 1, "agent=ana", two_thirds),
        SampleItem(TicketId("t1001"), 2, "agent=ana", two_thirds),
        SampleItem(TicketId("t1004"), 1, "agent=ben", two_thirds),
        SampleItem(TicketId("t1003"), 2, "agent=ben", two_thirds),
    )
    assert (drawn.frame_size, drawn.selection) == (6, Selection.STRATIFIED)


def test_quota_above_an_agents_tickets_takes_them_all() -> None:
    drawn = draw(SEVEN, make_plan(9, per_agent=5), seed=7)
    assert {item.probability for item in drawn.items} == {Decimal(1)}
    assert len(drawn.items) == 6


def test_quotas_beyond_the_size_are_cut_evenly() -> None:
    drawn = draw(SEVEN, make_plan(4, per_agent=3), seed=7)
    assert Counter(item.stratum for item in drawn.items) == {"agent=ana": 2, "agent=ben": 2}


def test_quota_is_shared_over_the_agents_strata() -> None:
    drawn = draw(SEVEN, make_plan(9, "channel", per_agent=2), seed=7)
    assert [(item.stratum, item.probability) for item in drawn.items] == [
        ("agent=ana;channel=chat", Decimal("0.5")),
        ("agent=ana;channel=email", Decimal(1)),
        ("agent=ben;channel=chat", Decimal("0.5")),
        ("agent=ben;channel=email", Decimal(1)),
    ]


@given(frames, plans, st.integers(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(frame: list[Ticket], plan: SamplingPlan, seed: int, chance: Random) -> None:
    shuffled = list(frame)
    chance.shuffle(shuffled)
    assert draw(shuffled, plan, seed=seed) == draw(frame, plan, seed=seed)


@given(frames, plans, st.integers())
def test_ids_that_tickets_have_here_do_not_matter(frame: list[Ticket], plan: SamplingPlan, seed: int) -> None:
    renamed = [replace(ticket, id=TicketId(f"other-{ticket.external_id}")) for ticket in frame]
    assert [i.removeprefix("other-") for i in ids(draw(renamed, plan, seed=seed))] == [
        i.removeprefix("t") for i in ids(draw(frame, plan, seed=seed))
    ]


@given(frames, plans, st.integers())
def test_what_is_drawn_is_distinct_and_of_the_wanted_size(frame: list[Ticket], plan: SamplingPlan, seed: int) -> None:
    drawn = draw(frame, plan, seed=seed)
    assert len(set(ids(drawn))) == len(drawn.items)
    if plan.per_agent is None:
        assert len(drawn.items) == min(plan.size, len(frame))
    else:
        quotas = Counter(ticket.agent_id for ticket in frame if ticket.agent_id)
        wanted = sum(min(plan.per_agent, count) for count in quotas.values())
        assert len(drawn.items) == min(plan.size, wanted)
    assert all(0 < item.probability <= 1 for item in drawn.items)


@given(frames, plans.filter(lambda plan: plan.per_agent is None), st.integers())
def test_weights_of_the_drawn_add_up_to_the_frame(frame: list[Ticket], plan: SamplingPlan, seed: int) -> None:
    # The Horvitz-Thompson estimate of the number of tickets is exact under proportional sharing.
    drawn = draw(frame, plan, seed=seed)
    assert sum(1 / item.probability for item in drawn.items) == pytest.approx(len(frame), rel=Decimal("1e-24"))


@given(frames, st.integers(1, 20), st.integers())
def test_a_ticket_of_another_stratum_leaves_ranks_alone(frame: list[Ticket], size: int, seed: int) -> None:
    plan = make_plan(size, "channel")
    everything = make_plan(1000, "channel")
    more = [*frame, make_ticket("new", Channel.OTHER)]
    before = {i.ticket_id: i.rank for i in draw(frame, everything, seed=seed).items if i.stratum != "channel=other"}
    after = {i.ticket_id: i.rank for i in draw(more, everything, seed=seed).items if i.stratum != "channel=other"}
    assert after == before
    assert all(
        item.rank == before[item.ticket_id] for item in draw(frame, plan, seed=seed).items if item.ticket_id in before
    )


@given(frames, st.integers(1, 30), st.integers())
def test_a_larger_size_keeps_what_was_drawn(frame: list[Ticket], size: int, seed: int) -> None:
    assert ids(draw(frame, make_plan(size + 5), seed=seed))[:size] == ids(draw(frame, make_plan(size), seed=seed))


@pytest.mark.long
def test_tickets_are_drawn_as_often_as_their_probability_says() -> None:
    # 2,000 seeds, 5 of 20. Under simple random sampling the sum of (O - E)^2 / E, times (N - 1) / (N - n), follows
    # chi-square with N - 1 degrees of freedom. Seeded, so that it does not fail by chance.
    frame = [make_ticket(str(number)) for number in range(20)]
    seen = Counter(key for seed in range(2000) for key in ids(draw(frame, make_plan(5), seed=seed)))
    statistic = sum((seen[ticket.id] - 500) ** 2 / 500 for ticket in frame) * 19 / 15
    assert chi2.sf(statistic, 19) > 0.01


@pytest.mark.long
@pytest.mark.parametrize(
    "plan", [make_plan(2, "channel"), make_plan(1, "channel", per_agent=2), make_plan(4, "channel")]
)
def test_unequal_tickets_are_drawn_as_often_as_their_probability_says(plan: SamplingPlan) -> None:
    seeds = 1500
    seen: Counter[str] = Counter()
    stated: dict[str, Fraction] = {}
    for seed in range(seeds):
        for item in draw(SEVEN, plan, seed=seed).items:
            seen[item.ticket_id] += 1
            stated.setdefault(item.ticket_id, Fraction(item.probability))
            assert stated[item.ticket_id] == Fraction(item.probability)
    expected_size = min(plan.size, len(SEVEN))
    assert float(sum(stated.values())) == pytest.approx(expected_size, rel=1e-24)
    for ticket_id, probability in stated.items():
        p = float(probability)
        assert abs(seen[ticket_id] - seeds * p) <= 4 * (seeds * p * (1 - p)) ** 0.5, ticket_id


def test_probabilities_do_not_depend_on_the_decimal_context() -> None:
    with localcontext() as context:
        context.prec = 3
        narrow = draw(SEVEN, make_plan(3), seed=7)
    assert narrow == draw(SEVEN, make_plan(3), seed=7)


def test_a_frame_without_tickets_gives_an_empty_sample() -> None:
    drawn = draw([], make_plan(3, "channel"), seed=7)
    assert (drawn.items, drawn.frame_size) == ((), 0)


def test_the_same_ticket_twice_is_a_broken_promise() -> None:
    with pytest.raises(ValueError, match="two tickets in the frame are"):
        draw([SEVEN[0], SEVEN[0]], make_plan(1), seed=7)


def test_problems_of_a_plan_come_all_at_once() -> None:
    plan = make_plan(0, "channel", "mood", "channel", per_agent=0)
    assert plan_problems(plan) == (
        "The size is 0; ask for at least 1 ticket.",
        "The quota per agent is 0; ask for at least 1, or leave it out.",
        "Strata cannot be made of 'mood'; valid are: channel, team, agent, language.",
        "'channel' stands twice among the strata; name it once.",
    )
    with pytest.raises(Refused, match="The size is 0") as refusal:
        draw(SEVEN, plan, seed=7)
    assert refusal.value.code == "plan-invalid"


def test_labels_of_strata_are_read_back() -> None:
    ticket = make_ticket("1", agent="a=b;c", language="pt-BR")
    label = label_stratum(ticket, make_plan(1, "language", "agent", "team"))
    assert label == "language=pt-BR;agent=a%3Db%3Bc;team="
    assert read_stratum(label) == {"language": "pt-BR", "agent": "a=b;c", "team": None}
    assert read_stratum(label_stratum(ticket, make_plan(1))) == {}


@given(frames, plans, st.integers())
def test_verify_finds_nothing_in_an_untouched_sample(frame: list[Ticket], plan: SamplingPlan, seed: int) -> None:
    assert verify(store(draw(frame, plan, seed=seed), plan, seed=seed), frame) == ()


def test_verify_says_that_the_frame_has_changed() -> None:
    plan = make_plan(3)
    sample = store(draw(SEVEN, plan, seed=7), plan, seed=7)
    assert verify(sample, SEVEN[:-1]) == (
        "The frame holds 6 tickets; when drawn it held 7.",
        f"The frame's hash is {SIX_HASH}; when drawn it was {SEVEN_HASH}.",
        "Ticket t1002 has the probability 0.5; stored is 0.4285714285714285714285714286.",
        "Ticket t1003 has the probability 0.5; stored is 0.4285714285714285714285714286.",
        "Ticket t1004 has the probability 0.5; stored is 0.4285714285714285714285714286.",
    )


def test_verify_names_every_stored_item_that_was_touched() -> None:
    plan = make_plan(3)
    sample = store(draw(SEVEN, plan, seed=7), plan, seed=7)
    first, second, _ = sample.items
    foreign = SampleItem(TicketId("t1005"), 3, "all", first.probability)
    touched = replace(
        sample, selection=Selection.TARGETED, items=(first, replace(second, rank=9, stratum="else"), foreign)
    )
    assert verify(touched, SEVEN) == (
        "The plan makes a random selection; stored is targeted.",
        "Ticket t1002 has the rank 2; stored is 9.",
        "Ticket t1002 has the stratum all; stored is else.",
        "Ticket t1003 is drawn again but not stored.",
        "Ticket t1005 is stored but not drawn again.",
    )


def test_verify_takes_no_offence_at_replacements() -> None:
    plan = make_plan(3)
    sample = store(draw(SEVEN, plan, seed=7), plan, seed=7)
    replaced = replace(sample.items[0], replaced_by=TicketId("t1007"), replacement_reason="empty call")
    assert verify(replace(sample, items=(replaced, *sample.items[1:])), SEVEN) == ()


def test_a_replacement_is_the_next_in_line_of_the_same_stratum() -> None:
    plan = make_plan(3, "channel")
    sample = store(draw(SEVEN, plan, seed=7), plan, seed=7)
    assert [(i.ticket_id, i.stratum) for i in sample.items] == [
        ("t1007", "channel=call"),
        ("t1004", "channel=chat"),
        ("t1006", "channel=email"),
    ]
    assert find_replacement(sample, SEVEN, TicketId("t1004")) == "t1002"
    assert find_replacement(sample, SEVEN, TicketId("t1007")) is None
    used = replace(sample.items[1], replaced_by=TicketId("t1002"), replacement_reason="spam")
    sample = replace(sample, items=(sample.items[0], used, sample.items[2]))
    assert find_replacement(sample, SEVEN, TicketId("t1004")) == "t1003"
