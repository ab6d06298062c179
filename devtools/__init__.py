"""What stands behind dev.py: standard library only, so that it runs before anything is installed."""
