/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - tables for people. */
#include "cmd/cmd.h"

#include "base/list.h"
#include "base/text.h"
#include "i18n/amount.h"

void table_init(struct cmd_text_table *t, struct arena *a, ...)
{
	const char *head;
	va_list args;

	*t = (struct cmd_text_table){ .arena = a };
	va_start(args, a);
	while ((head = va_arg(args, const char *)) != NULL) {
		int col = t->n_columns++;
		ENSURE(col < TABLE_MAX_COLUMNS);
		t->is_right[col] = head[0] == '>';
		t->width[col] = text_length(head + 1);
		t->cells = list_room(a, t->cells, t->n_cells, &t->room, sizeof *t->cells);
		t->cells[t->n_cells++] = head + 1;
	}
	va_end(args);
}

void table_row(struct cmd_text_table *t, ...)
{
	va_list args;

	va_start(args, t);
	for (int col = 0; col < t->n_columns; col++) {
		const char *cell = va_arg(args, const char *);
		size_t width;
		if (!cell)
			cell = "";
		width = text_length(cell);
		if (width > t->width[col])
			t->width[col] = width;
		t->cells = list_room(t->arena, t->cells, t->n_cells, &t->room, sizeof *t->cells);
		t->cells[t->n_cells++] = cell;
	}
	va_end(args);
}

void table_print(const struct cmd_text_table *t, FILE *out)
{
	for (size_t i = 0; i < t->n_cells; i++) {
		int col = (int)(i % (size_t)t->n_columns);
		bool is_last = col == t->n_columns - 1;
		size_t pad = t->width[col] - text_length(t->cells[i]);
		if (t->is_right[col])
			fprintf(out, "%*s%s", (int)pad, "", t->cells[i]);
		else
			fprintf(out, "%s%*s", t->cells[i], is_last ? 0 : (int)pad, "");
		fputs(is_last ? "\n" : "  ", out);
	}
}

void cmd_list_open(struct cmd *c, struct cmd_list *l, const char *key)
{
	buf_init(&l->out, c->arena);
	json_init(&l->json, &l->out);
	json_open_object(&l->json);
	json_key(&l->json, key), json_open_array(&l->json);
}

int cmd_list_print(struct cmd *c, struct cmd_list *l)
{
	json_end(&l->json);
	json_end(&l->json);
	return cmd_answer(c, &l->out, &l->table);
}

const char *cmd_amount(const struct cmd *c, int64_t minor, const char *currency)
{
	char text[AMOUNT_TEXT];

	return arena_strdup(c->arena, amount_text(minor, currency, c->lang, text));
}

const char *cmd_count(const struct cmd *c, int64_t n)
{
	char text[AMOUNT_TEXT];

	return arena_strdup(c->arena, count_text(n, c->lang, text));
}

int cmd_answer(struct cmd *c, const struct buf *json, const struct cmd_text_table *t)
{
	if (c->json)
		cmd_print_json(json);
	else
		table_print(t, stdout);
	return CMD_OK;
}
