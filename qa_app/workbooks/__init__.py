"""openpyxl, and nowhere else: what a workbook holds and how it is written."""
