"""Starting the web server: Streamlit's options, the start-up check, and the run itself."""

import logging
import tomllib
from collections.abc import Mapping
from importlib import resources

from qa_app.errors import Unavailable
from qa_app.settings import Settings
from qa_app.ui.asgi import build_app
from qa_app.ui.installation import install
from qa_app.workflows.upkeep import open_installation


def read_options(settings: Settings) -> dict[str, object]:
    """Streamlit's start-up options by dotted name: the shipped ones, and where this installation listens."""
    document = tomllib.loads(resources.files("qa_app.ui").joinpath("server.toml").read_text(encoding="utf-8"))
    options = dict(_flatten(document))
    options["server.address"] = settings.host
    options["server.port"] = settings.port
    options["browser.serverPort"] = settings.port
    return options


def serve(settings: Settings) -> None:
    """Create or upgrade the database, then serve until stopped.

    Raises:
        Unavailable: the database or a hidden option that speed rests on is not to be had.
    """
    options = read_options(settings)
    check_options(options)
    # Streamlit reads its options when it is imported and asks to be restarted when it is then given ours.
    logging.getLogger("streamlit.config").addFilter(lambda said: "restart streamlit" not in said.getMessage())
    installation = open_installation(settings)
    install(installation)
    build_app(installation).run(config=options)


def check_options(options: Mapping[str, object]) -> None:
    """Refuse to start where Streamlit no longer knows an option; hidden ones come and go between releases.

    Raises:
        Unavailable: names the option.
    """
    from streamlit import config  # noqa: PLC0415 - Streamlit reads its configuration when it is imported

    known = config.get_config_options()
    missing = [name for name in options if name not in known]
    if missing:
        raise Unavailable(
            "streamlit-option",
            f"This Streamlit does not know {', '.join(missing)}; install the version that Plumbline pins.",
        )


def _flatten(document: Mapping[str, object], prefix: str = "") -> list[tuple[str, object]]:
    pairs: list[tuple[str, object]] = []
    for key, value in document.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            pairs.extend(_flatten(value, f"{name}."))
        else:
            pairs.append((name, value))
    return pairs
