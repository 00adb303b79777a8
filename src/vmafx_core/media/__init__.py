"""Reading video: files, pipes and URLs become decoded, converted pictures."""
