"""What an agent can do next for a skill: one practice step each, in the words a coach can hand over."""

import re
from collections.abc import Mapping
from types import MappingProxyType

PRACTICE: Mapping[str, str] = MappingProxyType(
    {
        "empathy": (
            "Before the first solution in each of the next five conversations, name in one sentence what the problem "
            "means for this customer, in words they used themselves."
        ),
        "de_escalation": (
            "Rehearse one heated conversation with your coach: let the customer finish, say what you can do and by "
            "when, and lower your own pace. Then use the same three moves in the next tense conversation."
        ),
        "attitude": (
            "Rewrite three of your openings and three refusals so that each says what is possible first. "
            "Use them for a week and keep the ones that customers answer warmly."
        ),
        "communication": (
            "Take two past replies and halve them: the answer first, one thought in a sentence, no inside words. "
            "Ask a colleague to tell you back what the customer has to do."
        ),
        "listening": (
            "In each of the next five conversations, sum up the request in your own words and ask whether that is "
            "right before you answer."
        ),
        "curiosity": (
            "When an answer seems obvious, ask one more open question first. Note three cases in which it changed "
            "what you did."
        ),
        "problem_solving": (
            "For three solved cases write down the cause, not the symptom, and one other way that would have worked. "
            "Go through them with your coach."
        ),
        "ownership": (
            "End each open case this week with who does what by when, put the date in your calendar, and write to the "
            "customer before they have to ask."
        ),
        "correctness": (
            "Look up the source for every figure and rule you give in the next five cases, and link it in an internal "
            "note. Collect what you had remembered differently."
        ),
        "procedure": (
            "Keep the checklist beside you for the next ten cases and tick each step as you do it. "
            "Tell your coach which step does not fit the work."
        ),
        "adaptability": (
            "Take two conversations in which plans changed half-way. Write down the moment you noticed, "
            "and the sentence with which you could have changed course sooner."
        ),
        "data_protection": (
            "Say the identity check aloud in its full wording in the next ten contacts, before you open the account. "
            "Let your coach listen to two of them."
        ),
        "documentation": (
            "After each of the next ten cases write a note that a colleague could act on: what was asked, what was "
            "done, what is open. Swap three of them and see what is missing."
        ),
        "emotional_intelligence": (
            "After three tense conversations this week note what the customer felt, what you felt, and at which "
            "sentence it turned. Bring the notes to your coach."
        ),
        "growth_mindset": (
            "Choose one thing you cannot do yet, set a date, and show your coach each week what you tried and what "
            "came of it."
        ),
        "negotiation": (
            "Before the next three offers write down what the customer needs, what you can give, and a second way to "
            "meet both. Offer two choices rather than one."
        ),
        "openness_to_feedback": (
            "Ask one colleague a week for a single thing you could do better, repeat it back, and report what you "
            "changed."
        ),
        "policy": (
            "Collect the three rules you are asked about most. Practise explaining each with its reason and with what "
            "the customer can do instead."
        ),
        "product_knowledge": (
            "Pick the product behind your last three unsure answers, work through it for half an hour as a customer "
            "would, and write the team a short note on it."
        ),
        "teamwork": (
            "Hand over two cases this week so that the next person needs no question, and ask them afterwards whether "
            "they did."
        ),
        "tool_use": (
            "Watch a recording of your screen on one case with your coach, count the searches and switches, and learn "
            "the one shortcut that saves most."
        ),
        "work_ethic": (
            "Plan each day's first hour the evening before and tick what you kept. Look at the week with your coach: "
            "what got in the way?"
        ),
    }
)
"""One practice step for each skill of the shipped scorecards."""

OTHER_PRACTICE = (
    "Read the guideline for this skill together with your coach, pick one conversation that met it and one that did "
    "not, and agree on one thing to do differently in the next five."
)
_SENTENCE_END = re.compile(r"(?<=[.?]) (?=[A-Z])")
KEEP = "Keep doing it. Pick one of these conversations with your coach as an example for the team."


def find_practice(skill: str) -> str:
    """The practice step of a skill, or a general one."""
    return PRACTICE.get(skill, OTHER_PRACTICE)


def find_steps(skill: str) -> list[str]:
    """The same as single steps, one sentence each, to be ticked one by one."""
    return _SENTENCE_END.split(find_practice(skill))
