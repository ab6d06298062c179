"""A whole invented city, province or nation with years of work in it, to measure with: `manage.py simulate` (decision 0033)."""
