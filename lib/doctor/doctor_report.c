#include "doctor_report.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "report.h"

static size_t count_of(const struct findings *findings, enum finding_severity severity)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++) {
		if (finding_kind_of(findings->items[i].code)->severity == severity)
			count++;
	}
	return count;
}

static const char *code_of(const struct finding *finding, char text[static 8])
{
	snprintf(text, 8, "FO%03u", finding->code % 1000);
	return text;
}

/* Line by line, further in. */
static void print_fix(const char *fix)
{
	while (*fix != '\0') {
		size_t len = strcspn(fix, "\n");

		printf("          %.*s\n", (int)len, fix);
		fix += fix[len] == '\n' ? len + 1 : len;
	}
}

static void print_finding(const struct finding *finding, bool hints)
{
	const struct finding_kind *kind = finding_kind_of(finding->code);
	char code[8];

	printf("%s %s: %s: %s\n", code_of(finding, code), finding_severity_name(kind->severity),
	       finding->place, kind->title);
	printf("      %s\n", finding->reason);
	if (hints)
		print_fix(finding->fix);
}

static const char *tail_of(const struct doctor_form *form)
{
	if (!form->complete)
		return geteuid() == 0 ? "; not all could be looked at"
				      : "; not all could be looked at: sudo fo-status doctor";
	return form->hints ? "" : "; --fix-hints shows what mends them";
}

static void print_for_person(const struct findings *findings, const struct doctor_form *form)
{
	for (size_t i = 0; i < findings->count; i++)
		print_finding(&findings->items[i], form->hints);
	if (findings->more)
		printf("There are more; mend these first.\n");
	if (findings->count == 0)
		printf("nothing found%s\n", !form->complete ? tail_of(form)
					    : form->live    ? "; how things stand now: fo-status"
							    : "");
	else
		printf("errors %zu, warnings %zu%s\n", count_of(findings, FINDING_ERROR),
		       count_of(findings, FINDING_WARNING), tail_of(form));
}

static void fill(struct report *report, const struct findings *findings, bool complete)
{
	report_number(report, "errors", (int64_t)count_of(findings, FINDING_ERROR));
	report_number(report, "warnings", (int64_t)count_of(findings, FINDING_WARNING));
	report_flag(report, "more", findings->more);
	report_flag(report, "complete", complete);
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];
		const struct finding_kind *kind = finding_kind_of(finding->code);
		char code[8];

		report_row(report, "findings");
		report_text(report, "code", code_of(finding, code));
		report_text(report, "severity", finding_severity_name(kind->severity));
		report_text(report, "title", kind->title);
		report_text(report, "place", finding->place);
		report_text(report, "reason", finding->reason);
		report_text(report, "fix", finding->fix);
		report_end_row(report);
	}
}

int doctor_report_show(const struct findings *findings, const struct doctor_form *form)
{
	struct report *report;
	int ret;

	if (!form->json) {
		print_for_person(findings, form);
		return 0; /* the program looks at stdout once more at its end */
	}
	report = report_new();
	fill(report, findings, form->complete);
	ret = report_print(report, true);
	report_free(report);
	return ret;
}
