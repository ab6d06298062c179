"""How fast every main page and write is in a city, a province and a nation: `python3 dev.py bench --scale city`."""
