"""What the pages say: numbers as they are written, names of runs, explanations. No component, no REST."""
