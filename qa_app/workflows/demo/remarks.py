"""What the demo's reviewers write: one remark for each skill, above and below the middle."""

from collections.abc import Mapping
from types import MappingProxyType

REMARKS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "empathy": (
            "Named what this cost the customer before offering anything. That landed.",
            "The solution came before a single word about what this meant for the customer.",
        ),
        "de_escalation": (
            "Let the customer finish, stayed slow, gave a date. The tone turned within two messages.",
            "Answered the accusation instead of the worry; the customer repeated it louder.",
        ),
        "attitude": (
            "Friendly from the first line without being chummy.",
            "Reads like a form letter. One warm sentence at the start would have helped.",
        ),
        "communication": (
            "Answer first, then the reason, no inside words.",
            "Three thoughts in one sentence; the customer had to ask what to do.",
        ),
        "listening": (
            "Summed the request up and checked it. Nothing was asked twice.",
            "The order number was in the first message and was asked for again.",
        ),
        "curiosity": (
            "The extra question about the pump found the real cause.",
            "Took the first guess as the answer; one more question was needed.",
        ),
        "problem_solving": (
            "Went for the cause and offered a second way in case the first fails.",
            "Treated the symptom; this will come back.",
        ),
        "ownership": (
            "Says who does what by when, and does it.",
            "Nobody could tell from this who gets back to the customer, or when.",
        ),
        "correctness": (
            "Figures and dates all check out.",
            "The refund period given is not the one in the policy.",
        ),
        "procedure": (
            "Identity checked before anything personal was said; note complete.",
            "No identity check before the address was read out.",
        ),
    }
)

OTHER_REMARK = ("Well done here.", "Have a look at the guideline for this one.")

OVERALL = (
    "A conversation the customer will remember kindly.",
    "Solid work with one thing to practise; see the comments.",
    "This one needs a talk. Let us go through it together.",
)
NOTHING_SHOWN = "Solid work; no single thing stands out."

GOALS: Mapping[str, str] = MappingProxyType(
    {
        "empathy": "In the next ten conversations, name the customer's situation before the first solution.",
        "de_escalation": "Use the three moves from our rehearsal in every tense conversation this month.",
        "attitude": "Open every chat with one sentence of your own instead of the template.",
        "communication": "Answer first, reason second; ask a colleague to read one e-mail a day.",
        "listening": "Sum the request up before answering, in every call.",
        "curiosity": "Ask one open question before the first guess.",
        "problem_solving": "Write the cause, not the symptom, into every internal note.",
        "ownership": "End every open case with who does what by when.",
        "correctness": "Link the source of every figure in an internal note.",
        "procedure": "Tick the identity checklist before personal data, every time.",
    }
)
