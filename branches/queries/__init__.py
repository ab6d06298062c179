"""What the pages of this room read, one module for each noun; none writes."""
