"""What comes from the browser, turned into values (style 9); the rules themselves stand in branches.rules."""
