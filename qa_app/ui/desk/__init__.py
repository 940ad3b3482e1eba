"""The grading desk: one component in the browser, and the Python that feeds it and reads what it sends."""
