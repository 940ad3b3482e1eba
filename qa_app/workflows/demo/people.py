"""Who works at the demo's company: agents with their true abilities, reviewers with their leanings, and the others.

Plain data; accounts and roles in the store are made from it elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from db.records import Role

COMPANY = "Fernlatch"
EMAIL_DOMAIN = "fernlatch.example"
ORDERS = "Orders & Delivery"
BILLING = "Billing & Subscriptions"
TECHNICAL = "Technical Help"
TEAMS = (ORDERS, BILLING, TECHNICAL)
WEEKS = 8
SKILLS = (
    "empathy",
    "de_escalation",
    "attitude",
    "communication",
    "listening",
    "curiosity",
    "problem_solving",
    "ownership",
    "correctness",
    "procedure",
)


@dataclass(frozen=True, slots=True)
class DemoAgent:
    """An agent. Abilities run from 0 to 1 in the middle of the eight weeks; `growth` is their change over all eight."""

    external_id: str
    name: str
    email: str
    team: str
    abilities: Mapping[str, float]
    growth: float = 0.0


@dataclass(frozen=True, slots=True)
class DemoReviewer:
    """A reviewer. On the scale of quality, 0 to 1: `severity` is taken off what is seen, `noise` is its spread."""

    name: str
    email: str
    severity: float
    noise: float
    drift_from_week: int = WEEKS
    drift_per_week: float = 0.0

    def find_severity(self, week: int) -> float:
        """Severity in a week, 0 to 7."""
        return self.severity + max(0, week - self.drift_from_week + 1) * self.drift_per_week


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """Somebody who neither answers tickets nor grades them day by day."""

    name: str
    email: str
    role: Role
    teams: tuple[str, ...] = TEAMS


def make_email(name: str) -> str:
    """The company's address for a name in plain letters."""
    return f"{name.lower().replace(' ', '.')}@{EMAIL_DOMAIN}"


def _agent(number: int, name: str, team: str, base: float, growth: float = 0.0, **apart: float) -> DemoAgent:
    """An agent whose abilities are `base`, give or take what sets this person apart."""
    abilities = {skill: round(min(0.97, max(0.05, base + apart.get(skill, 0.0))), 2) for skill in SKILLS}
    return DemoAgent(f"A{number:03d}", name, make_email(name), team, MappingProxyType(abilities), growth)


# Kinds of people that a coach would know: the warm one who forgets procedure, the exact one who sounds cold, the
# newcomer who grows fast, the veteran who tires, and enough in the middle that a ranking of neighbours means little.
AGENTS = (
    _agent(1, "Priya Nair", ORDERS, 0.78, empathy=0.1, listening=0.08),
    _agent(2, "Tomasz Wieczorek", ORDERS, 0.6, correctness=0.2, procedure=0.2, empathy=-0.18, attitude=-0.1),
    _agent(3, "Grace Okafor", ORDERS, 0.82, ownership=0.08, de_escalation=0.06),
    _agent(4, "Liam Brennan", ORDERS, 0.56, attitude=0.22, empathy=0.1, procedure=-0.2, correctness=-0.08),
    _agent(5, "Mei-Lin Chow", ORDERS, 0.66, curiosity=-0.1, communication=0.1),
    _agent(6, "Santiago Rueda", ORDERS, 0.47, growth=0.36, attitude=0.15),
    _agent(7, "Freya Lindqvist", ORDERS, 0.62, problem_solving=0.12, de_escalation=-0.15),
    _agent(8, "Kwame Boateng", ORDERS, 0.63, ownership=-0.12, listening=0.08),
    _agent(9, "Aisha Rahman", BILLING, 0.76, de_escalation=0.14, procedure=0.05),
    _agent(10, "Daniel Hartley", BILLING, 0.6, growth=-0.28, correctness=0.12),
    _agent(11, "Ioana Petrescu", BILLING, 0.69, communication=0.12, empathy=-0.06),
    _agent(12, "Yusuf Demir", BILLING, 0.58, curiosity=-0.14, correctness=0.08, ownership=-0.06),
    _agent(13, "Chloe Marchand", BILLING, 0.64, attitude=0.14, problem_solving=-0.1),
    _agent(14, "Rafael Teixeira", BILLING, 0.52, procedure=-0.16, empathy=0.12, listening=0.06),
    _agent(15, "Hana Kobayashi", BILLING, 0.8, procedure=0.12, correctness=0.1, de_escalation=-0.08),
    _agent(16, "Owen Pritchard", BILLING, 0.46, communication=-0.08, attitude=0.1),
    _agent(17, "Nadia Haddad", TECHNICAL, 0.74, curiosity=0.16, problem_solving=0.14),
    _agent(
        18, "Jonas Becker", TECHNICAL, 0.62, problem_solving=0.22, correctness=0.18, empathy=-0.22, communication=-0.14
    ),
    _agent(19, "Thandiwe Mokoena", TECHNICAL, 0.72, empathy=0.16, communication=0.1, procedure=-0.1),
    _agent(20, "Callum Fraser", TECHNICAL, 0.38, correctness=0.1),
    _agent(21, "Anjali Deshmukh", TECHNICAL, 0.65, listening=0.12, ownership=0.08),
    _agent(22, "Mateo Salinas", TECHNICAL, 0.54, growth=0.22, curiosity=0.12),
    _agent(23, "Sofia Karlsen", TECHNICAL, 0.67, de_escalation=0.12, problem_solving=-0.08),
    _agent(24, "Viktor Hristov", TECHNICAL, 0.58, procedure=0.18, curiosity=-0.1, attitude=-0.08),
)

REVIEWERS = (
    DemoReviewer("Marta Oliveira", make_email("Marta Oliveira"), severity=0.0, noise=0.06),
    DemoReviewer("Ben Ashworth", make_email("Ben Ashworth"), severity=-0.16, noise=0.09),
    DemoReviewer("Leila Farouk", make_email("Leila Farouk"), severity=0.17, noise=0.07),
    DemoReviewer(
        "Henrik Dahl", make_email("Henrik Dahl"), severity=0.02, noise=0.08, drift_from_week=5, drift_per_week=0.07
    ),
    DemoReviewer("Ngozi Eze", make_email("Ngozi Eze"), severity=0.04, noise=0.1),
    DemoReviewer("Patrick Sweeney", make_email("Patrick Sweeney"), severity=-0.03, noise=0.19),
)

COACHES = (
    DemoStaff("Ruth Abernathy", make_email("Ruth Abernathy"), Role.COACH, (ORDERS, BILLING)),
    DemoStaff("Samir Qureshi", make_email("Samir Qureshi"), Role.COACH, (BILLING, TECHNICAL)),
)
FACILITATOR = DemoStaff("Elena Vasquez", make_email("Elena Vasquez"), Role.FACILITATOR)
MANAGER = DemoStaff("Catherine Doyle", make_email("Catherine Doyle"), Role.MANAGER)
ADMIN = DemoStaff("Theo Lambert", make_email("Theo Lambert"), Role.ADMIN)
