"""A desk whose tab, server and network are killed again and again: what was acknowledged has to be there."""
