"""The commands of a page in Markdown: which there are, whether two pages have the same, what they do."""
