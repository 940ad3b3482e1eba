"""Imports everything that a page needs, so that the first visitor does not wait for it."""

import altair as alt
import pandas as pd

from qa_app.ui.desk import component
from qa_app.workflows import agent_results, calibration_results, exporting, grading, importing

__all__ = ["agent_results", "alt", "calibration_results", "component", "exporting", "grading", "importing", "pd"]
