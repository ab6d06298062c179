"""The demo: an invented city with its counties, people, branches and lists, dated relative to the day it is loaded.

All of it is made up. `loading.load` is the one way in; the story is told through the product's own actions.
"""
