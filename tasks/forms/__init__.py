"""What people send; one module for each page."""
