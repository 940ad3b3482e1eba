"""Comment templates: words that reviewers write often, inserted at the desk and changed there at will."""

from db.records import AuditEntry, CommentTemplate, TemplateId
from db.store import audit, templates
from qa_app.domain.access import allows, require
from qa_app.errors import NotFound, Refused
from qa_app.workflows.context import Context

LABEL_LIMIT = 80
TEXT_LIMIT = 4000


def list_templates(context: Context) -> tuple[CommentTemplate, ...]:
    """The shared templates and the actor's own, by label; none for who grades nothing."""
    if not allows(context.actor, "template.write", owner_id=context.actor.id):
        return ()
    with context.store.read() as tx:
        return templates.templates(tx, context.actor.id)


def add_template(context: Context, *, label: str, text: str, shared: bool = False) -> CommentTemplate:
    """Keep a template of one's own, or one for everybody.

    Raises:
        NotAllowed: the actor may not share templates. Refused: label or text is empty or too long.
    """
    owner_id = None if shared else context.actor.id
    require(context.actor, "template.write", owner_id=owner_id)
    label, text = label.strip(), text.strip()
    if not 0 < len(label) <= LABEL_LIMIT:
        raise Refused("template-label", f"A template's name has 1 to {LABEL_LIMIT} characters; it is typed after /.")
    if not 0 < len(text) <= TEXT_LIMIT:
        raise Refused("template-text", f"A template has 1 to {TEXT_LIMIT} characters.")
    made = CommentTemplate(TemplateId(context.new_id()), label, text, context.now(), owner_id)
    with context.store.write() as tx:
        templates.add_template(tx, made)
        audit.append(tx, _entry(context, "template.add", made))
    return made


def remove_template(context: Context, template_id: TemplateId) -> None:
    """Drop a template; comments that were written with it stay as they are.

    Raises:
        NotFound: no such template of the actor's, and none shared. NotAllowed: a shared one, and the actor may not.
    """
    with context.store.write() as tx:
        found = templates.template(tx, template_id)
        if found is None or found.owner_id not in {None, context.actor.id}:
            raise NotFound("no-template", "There is no such template of yours.")
        require(context.actor, "template.write", owner_id=found.owner_id)
        templates.remove_template(tx, template_id)
        audit.append(tx, _entry(context, "template.remove", found))


def _entry(context: Context, action: str, template: CommentTemplate) -> AuditEntry:
    return AuditEntry(
        context.now(), context.actor.id, action, "template", template.id, after={"shared": template.owner_id is None}
    )
