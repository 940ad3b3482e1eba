"""The skills that five articles on customer service name, and the criteria that grade them."""

from collections import Counter

import pytest

from tests.scorecards.library.shipped import shipped

CORE = ("core-call", "core-chat", "core-email")

# Source, skill as the source names it, criterion that grades it, skill that it counts in.
HARD_AND_SOFT = (
    ("patience", "patience", "empathy"),
    ("flexibility", "flexibility", "adaptability"),
    ("teamwork", "teamwork", "teamwork"),
    ("empathy", "empathy", "empathy"),
    ("negotiation", "negotiation", "negotiation"),
    ("de-escalating", "de_escalation", "de_escalation"),
    ("advocating for customers inside the company", "advocacy", "ownership"),
    ("explaining complex ideas plainly", "plain_explanation", "communication"),
)
EIGHT_SKILLS = (
    ("empathy, compassion", "empathy", "empathy"),
    ("patience", "patience", "empathy"),
    ("de-escalation, conflict resolution", "de_escalation", "de_escalation"),
    ("friendliness", "friendly_tone", "attitude"),
    ("positive attitude", "positive_framing", "attitude"),
    ("verbal and written communication", "clear_explanation", "communication"),
    ("attentiveness", "attentiveness", "listening"),
    ("active listening", "playback", "listening"),
    ("curiosity", "curiosity", "curiosity"),
    ("problem-solving, resourcefulness", "problem_solving", "problem_solving"),
    ("ownership", "ownership", "ownership"),
    ("advocacy", "advocacy", "ownership"),
)
EXECUTIVE_VIEW = (
    ("emotional intelligence", "emotional_intelligence", "emotional_intelligence"),
    ("empathy", "empathy", "empathy"),
    ("teamwork", "teamwork", "teamwork"),
    ("growth mindset", "growth_mindset", "growth_mindset"),
    ("openness to feedback", "openness_to_feedback", "openness_to_feedback"),
    ("communication: clear messages", "communication", "communication"),
    ("communication: both sides heard", "hearing_others", "communication"),
    ("adaptability", "adaptability", "adaptability"),
    ("active listening", "listening", "listening"),
    ("work ethic", "work_ethic", "work_ethic"),
    ("work ethic: tenacity", "tenacity", "work_ethic"),
    ("curiosity", "curiosity", "curiosity"),
    ("ownership", "ownership", "ownership"),
)
HIRING = (
    ("compassion", "concern", "empathy"),
    ("compassion: fairness", "fairness", "empathy"),
    ("empathy", "empathy", "empathy"),
    ("sympathy", "sympathy", "empathy"),
    ("warm, friendly attitude", "warmth", "attitude"),
    ("upbeat attitude", "upbeat", "attitude"),
    ("communication: listening", "listening", "listening"),
    ("communication: clear answers", "clear_answer", "communication"),
    ("creative conflict resolution: ideas", "ways_out", "problem_solving"),
    ("creative conflict resolution: for this customer", "tailored", "de_escalation"),
)
TECHNIQUES = (
    ("paraphrase", "paraphrase", "listening"),
    ("summarise", "summary", "listening"),
    ("validate", "validation", "empathy"),
    ("clear communication", "plain_words", "communication"),
    ("check understanding", "check_understanding", "communication"),
    ("timely updates", "timely_updates", "communication"),
    ("tone, consistent across channels", "consistent_tone", "communication"),
    ("root cause", "root_cause", "problem_solving"),
    ("critical thinking", "two_ways", "problem_solving"),
    ("adaptability and flexibility", "change_of_style", "adaptability"),
    ("emotional intelligence", "composure", "emotional_intelligence"),
)
NAMED = (
    *(("hard-and-soft", *row) for row in HARD_AND_SOFT),
    *((card_id, *row) for card_id in CORE for row in EIGHT_SKILLS),
    *(("agent-period", *row) for row in EXECUTIVE_VIEW),
    *(("interview-role-play", *row) for row in HIRING),
    *(("practice", *row) for row in TECHNIQUES),
)


@pytest.mark.parametrize(("card_id", "named", "criterion_id", "skill"), NAMED)
def test_skill_that_a_source_names_is_graded(card_id: str, named: str, criterion_id: str, skill: str) -> None:
    assert shipped(card_id).criterion(criterion_id).skill == skill


@pytest.mark.parametrize("card_id", CORE)
def test_core_card_grades_eight_soft_skills_by_one_or_two_criteria_each(card_id: str) -> None:
    soft = Counter(criterion.skill for criterion in shipped(card_id).criteria if criterion.skill_type == "soft")
    assert soft == {
        "empathy": 2,
        "de_escalation": 1,
        "attitude": 2,
        "listening": 2,
        "curiosity": 1,
        "communication": 1,
        "problem_solving": 1,
        "ownership": 2,
    }
