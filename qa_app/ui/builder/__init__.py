"""The scorecard builder: an outline, an editor for the part that is picked, and the desk's scorecard beside it."""
