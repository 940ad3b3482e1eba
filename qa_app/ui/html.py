"""The few pages that stand outside Streamlit (sign-in, welcome), rendered by Jinja with automatic escaping."""

from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined
from starlette.responses import HTMLResponse


def _load(name: str) -> str:
    return resources.files("qa_app.ui").joinpath("templates", name).read_text(encoding="utf-8")


_environment = Environment(loader=FunctionLoader(_load), autoescape=True, undefined=StrictUndefined)


def render(template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """A page from `templates/`; every value is escaped."""
    return HTMLResponse(_environment.get_template(template).render(**values), status)
