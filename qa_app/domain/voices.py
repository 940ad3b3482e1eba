"""What the people of a conversation are called: by name, or agents by number where nobody may know who they are."""

from collections.abc import Mapping

from db.records import Conversation, Message, MessageRole

ROLE_WORDS: Mapping[MessageRole, str] = {
    MessageRole.CUSTOMER: "Customer",
    MessageRole.AGENT: "Agent",
    MessageRole.BOT: "Bot",
    MessageRole.SYSTEM: "System",
}


def number_agents(conversation: Conversation) -> Mapping[str, int]:
    """The agents of a conversation in the order in which they first speak, from 1."""
    agents: dict[str, int] = {}
    for message in conversation.messages:
        if message.role is MessageRole.AGENT:
            agents.setdefault(_identity(message), len(agents) + 1)
    return agents


def name_author(message: Message, agents: Mapping[str, int], *, blind: bool) -> str:
    """Who wrote a message. Where `blind`, agents have their numbers and no names."""
    word = ROLE_WORDS[message.role]
    if message.role is not MessageRole.AGENT or not blind:
        return message.author_name or word
    return word if len(agents) < 2 else f"{word} {agents[_identity(message)]}"


def _identity(message: Message) -> str:
    return message.author_ref or message.author_name or ""
