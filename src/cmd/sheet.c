/* SPDX-License-Identifier: Apache-2.0 */
/* sheet.c - lists into files: --csv FILE and --xlsx FILE, as the pages give them. */
#include "cmd/sheet.h"

#include "base/clock.h"
#include "i18n/date_text.h"
#include "web/sheet.h"

bool cmd_wants_file(const struct cmd *c)
{
	return cmd_value(c, "csv") || cmd_value(c, "xlsx");
}

static bool write_one(struct cmd *c, const struct table *t, const struct table_source *s,
		      const struct book *b, enum table_format format, const char *path)
{
	char day[DAY_TEXT], moment[CLOCK_TEXT];
	const struct table_fact facts[] = {
		{ cmd_tr(c, N_("Company")), c->entity.name },
		{ cmd_tr(c, N_("As of")), day_short(b->as_of, c->lang, day) },
		{ cmd_tr(c, N_("Made by")), c->actor },
		{ cmd_tr(c, N_("Made at")), clock_format(c->now, moment) },
	};
	struct table_file f = {
		.table = t,
		.format = format,
		.cat = catalogue_find(c->lang),
		.language = c->lang,
		.utc_offset = clock_civil(c->now, c->entity.time_zone).offset_minutes * 60,
		.facts = facts,
		.n_facts = ARRAY_LEN(facts),
	};
	int fd;

	return table_write(&f, s, c->arena, &fd, &c->err) && sheet_save(fd, path, &c->err);
}

int cmd_write_files(struct cmd *c, const struct table *t, const struct table_source *s,
		    const struct book *b)
{
	const char *csv = cmd_value(c, "csv"), *xlsx = cmd_value(c, "xlsx");

	if ((csv && !write_one(c, t, s, b, TABLE_CSV, csv)) ||
	    (xlsx && !write_one(c, t, s, b, TABLE_XLSX, xlsx)))
		return cmd_fail(c);
	return CMD_OK;
}
