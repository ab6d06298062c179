"""What the pages read; one module for each noun."""
