"""A synthetic city: illustrative places, people who do not exist ("ilustratif")."""
