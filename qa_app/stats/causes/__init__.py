"""Where disagreement comes from: an item, a rater or a unit; and who changed over time."""
