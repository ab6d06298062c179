"""WHO: people, posts, the tree of units, platforms, party branches."""
