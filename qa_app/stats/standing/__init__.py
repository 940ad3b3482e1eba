"""How agents stand by their reviews: smoothed, adjusted for who graded, ranked as far as the data allow."""
