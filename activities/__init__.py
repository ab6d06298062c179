"""ORGANISATIONAL LIFE: what a branch does, how often it should, and who came."""
