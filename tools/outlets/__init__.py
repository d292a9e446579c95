"""What is made of the catalogue of outlets."""
