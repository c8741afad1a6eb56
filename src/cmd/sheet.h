/* SPDX-License-Identifier: Apache-2.0 */
/* sheet.h - lists into files, for the commands that show them. */
#ifndef CMD_SHEET_H
#define CMD_SHEET_H

#include "cmd/cmd.h"
#include "i18n/catalogue.h"
#include "ledger/book.h"
#include "web/table.h"

/* Among the options of a command. */
#define CMD_SHEET_OPTIONS                                                              \
	{ "csv", "FILE", N_("write the list into a CSV file"), CMD_VALUE },            \
	{                                                                              \
		"xlsx", "FILE", N_("write the list into an Excel workbook"), CMD_VALUE \
	}

bool cmd_wants_file(const struct cmd *c);

/* Writes the files that were asked for; the exit status. */
int cmd_write_files(struct cmd *c, const struct table *t, const struct table_source *s,
		    const struct book *b);

#endif
