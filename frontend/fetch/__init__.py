"""What several pages ask REST for: scenes of a data set, the frontier along a view, points side by side."""
