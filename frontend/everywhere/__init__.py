"""What stands over any page, with its callbacks: buttons of runs, the new-run form, training longer, the tray."""
