"""Plotly figures, as functions from records to figures. Pure: no component, no REST."""
