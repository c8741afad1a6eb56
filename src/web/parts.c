/* SPDX-License-Identifier: Apache-2.0 */
#include "web/parts.h"

const char *part_percent(struct page *p, int ppm)
{
	return arena_printf(p->arena, "%d.%02d%%", ppm / 10000, ppm / 100 % 100);
}

const char *part_field_id(struct page *p, const struct part_field *f)
{
	return arena_printf(p->arena, "%s%s", f->prefix ? f->prefix : "", f->name);
}

const char *part_field_about(struct page *p, const struct part_field *f)
{
	const char *id = part_field_id(p, f);

	if (f->help && f->error)
		return arena_printf(p->arena, "%s-wrong %s-help", id, id);
	if (f->help || f->error)
		return arena_printf(p->arena, "%s-%s", id, f->help ? "help" : "wrong");
	return NULL;
}
