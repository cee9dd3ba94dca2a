"""The new-run form without its looks: its fields, what they stand at, and the body that REST takes."""
