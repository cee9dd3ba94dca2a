"""What a page shows, as its address says it: a view that can be shared is a view in the query string."""
