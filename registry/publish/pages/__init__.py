"""What the site is made of: each module turns the catalogue into pages of one kind."""
