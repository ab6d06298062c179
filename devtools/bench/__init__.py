"""How long the big things take and how much memory they need: `python3 dev.py bench`."""
