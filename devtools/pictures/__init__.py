"""docs/pictures: what README.md shows, taken in Chromium from the product itself with its demo: `python3 dev.py pictures`."""
