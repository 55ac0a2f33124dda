/* html.h - text in a page. Edge: stdout. */
#ifndef FO_HTML_H
#define FO_HTML_H

/* Prints text, also between the quotes of an attribute: what could be taken for HTML is escaped,
 * what no person can see becomes `?`. */
void html_text(const char *text);

#endif
