/* print-findings - what the doctor can find, for test/manual.bats. A row of every kind: code,
 * severity, title; by tabs. */
#include <stdio.h>

#include "finding.h"

int main(void)
{
	for (const struct finding_kind *kind = finding_kinds; kind->code != 0; kind++)
		printf("FO%03u\t%s\t%s\n", kind->code, finding_severity_name(kind->severity),
		       kind->title);
	return 0;
}
