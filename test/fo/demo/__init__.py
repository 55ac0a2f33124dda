"""test/demo: the article's own check by hand, run live in the lab (../lab), measured and drawn."""
