/* SPDX-License-Identifier: Apache-2.0 */
#include "simulation/model.h"

#include <string.h>

int model_find(const struct model *m, const char *document)
{
	for (int i = m->n_items - 1; i >= 0; i--)
		if (!m->item[i].reversed && strcmp(m->item[i].document, document) == 0)
			return i;
	return -1;
}

bool model_counts(const struct model *m, int item, int as_of, int64_t known)
{
	const struct model_item *it = &m->item[item];

	return it->effective <= as_of && it->known <= known &&
	       (it->reversed == 0 || it->reversed > known);
}

int64_t model_open(const struct model *m, int item, int as_of, int64_t known)
{
	int64_t open = m->item[item].minor;

	if (!model_counts(m, item, as_of, known))
		return 0;
	for (int i = 0; i < m->n_allocations; i++) {
		const struct model_allocation *a = &m->allocation[i];

		if (a->effective > as_of || a->known > known ||
		    (a->undone && a->undone <= known && a->undone_on <= as_of))
			continue;
		if (a->debit == item)
			open -= a->minor;
		else if (a->credit == item)
			open += a->minor;
	}
	return open;
}

int model_due(const struct model *m, int item, int64_t known)
{
	const struct model_item *it = &m->item[item];
	int due = it->due[0].due_on;

	for (int i = 1; i < it->n_dues; i++)
		if (it->due[i].known <= known)
			due = it->due[i].due_on;
	return due;
}

bool model_is_closed(const struct model *m, int day)
{
	for (int i = 0; i < m->n_periods; i++)
		if (!m->period[i].is_open && m->period[i].from <= day && day <= m->period[i].to)
			return true;
	return false;
}

int model_open_day(const struct model *m, int day)
{
	while (model_is_closed(m, day))
		day++;
	return day;
}

bool model_is_settled(const struct model *m, int item)
{
	if (model_is_closed(m, m->item[item].effective))
		return true;
	for (int i = 0; i < m->n_allocations; i++) {
		const struct model_allocation *a = &m->allocation[i];

		if ((a->debit == item || a->credit == item) && !a->undone &&
		    model_is_closed(m, a->effective))
			return true;
	}
	return false;
}
