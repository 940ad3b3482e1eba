"""What a scorecard is: the form, its file format, its identity and its scores. Pure; knows nothing of the app."""
