"""What stands on the pages, as functions from records to components. Each page's own have a folder."""
