"""What the people of a conversation are called: by name, or agents by number where nobody may know who they are."""

from collections.abc import Mapping
from dataclasses import replace

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


def mask_agents(conversation: Conversation) -> Conversation:
    """The conversation with agents by number instead of by name; a name within what is said stays there."""
    agents = number_agents(conversation)
    messages = tuple(
        replace(message, author_name=name_author(message, agents, blind=True), author_ref=None)
        if message.role is MessageRole.AGENT
        else message
        for message in conversation.messages
    )
    return replace(conversation, messages=messages)


def _identity(message: Message) -> str:
    return message.author_ref or message.author_name or ""
