"""How the models that are shipped were made: recipes, and the questions written for them."""
