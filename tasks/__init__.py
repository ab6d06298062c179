"""WHAT: lists, tasks, and the life of each assignment."""
