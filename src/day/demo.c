/* SPDX-License-Identifier: Apache-2.0 */
#include "day/demo.h"

#include "cash/cash.h"
#include "day/demo_files.h"
#include "day/demo_load.h"
#include "ledger/import.h"

#include <sys/mman.h>
#include <unistd.h>

enum { WEEK = 7 };

static const int64_t microseconds_of_day = INT64_C(86400) * 1000000;

/* Eight in the morning of that day, UTC; never after the real moment. */
static void set_day(struct demo_load *l, day_t d)
{
	int64_t morning = d * microseconds_of_day + microseconds_of_day / 3;

	l->day = d;
	l->now = morning < l->job->now ? morning : l->job->now;
}

static bool write_all(int fd, const char *bytes, size_t n, struct err *e)
{
	while (n > 0) {
		ssize_t done = write(fd, bytes, n);

		if (done <= 0)
			return err_set(e, ERR_IO, "could not keep a file of the demo");
		bytes += done;
		n -= (size_t)done;
	}
	return true;
}

bool demo_import(struct demo_load *l, const char *name, const struct buf *file, struct err *e)
{
	struct bank_importer bank;
	struct import_job job = {
		.db = l->job->db,
		.arena = l->job->arena,
		.entity = &l->entity,
		.actor = DEMO_ACTOR,
		.now = l->now,
		.today = l->day,
		.bank = &bank,
	};
	struct import_report r = { .file = name, .from_on = DAY_NONE, .to_on = DAY_NONE };
	int fd = memfd_create("encours-demo", MFD_CLOEXEC);
	bool ok;

	if (fd < 0)
		return err_set(e, ERR_IO, "could not make a file in memory");
	statement_importer(l->job->arena, &bank);
	ok = write_all(fd, buf_str(file), file->len, e) && import_file(&job, fd, name, &r, e);
	close(fd);
	if (!ok)
		return err_while(e, "importing %s", name);
	if (r.n_rejected > 0)
		return err_set(e, ERR_INTERNAL, "%s of the demo has a refused line: %s", name,
			       r.n_errors ? r.errors[0].message : "");
	return true;
}

/* ---- the chapters ------------------------------------------------------------------------------ */

static bool import_customers(struct demo_load *l, struct err *e)
{
	struct buf file;

	buf_init(&file, l->job->arena);
	demo_customers_csv(&l->world, &file);
	if (!demo_import(l, "clients.csv", &file, e))
		return false;
	buf_clear(&file);
	demo_contacts_csv(&l->world, &file);
	return demo_import(l, "contacts.csv", &file, e);
}

static bool import_history(struct demo_load *l, struct err *e)
{
	struct civil c = date_civil(l->world.booked_until);
	struct buf file;

	buf_init(&file, l->job->arena);
	demo_fec(&l->world, &file);
	if (!demo_import(l,
			 arena_printf(l->job->arena, "%sFEC%04d%02d%02d.txt", l->entity.siren,
				      c.year, c.month, c.day),
			 &file, e))
		return false;
	buf_clear(&file);
	return !demo_items_csv(&l->world, 0, l->world.booked_until, &file) ||
	       demo_import(l, "factures-historique.csv", &file, e);
}

/* Ids of the customers, which later chapters need. */
static bool find_customers(struct demo_load *l, struct err *e)
{
	struct customer *list;
	size_t n;

	if (!customer_list(l->job->db, l->job->arena, l->entity.id, &list, &n, e))
		return false;
	l->customer_id = ARENA_ARRAY(l->job->arena, l->world.customers.n, int64_t);
	for (size_t i = 0, k = 0; i < n; i++) {
		while (k < l->world.customers.n &&
		       !str_eq(l->world.customers.at[k].code, list[i].code))
			k++;
		ENSURE(k < l->world.customers.n);
		l->customer_id[k] = list[i].id;
	}
	return true;
}

/* What is certain is applied, the rest proposed. */
static bool match(struct demo_load *l, struct err *e)
{
	struct cash_match_options o = {
		.entity_id = l->entity.id, .date = l->day, .actor = DEMO_ACTOR, .now = l->now
	};
	struct cash_match_report r;

	if (!cash_match(l->job->db, l->job->arena, &o, &r, e))
		return err_while(e, "matching");
	l->n_entries += (int64_t)r.n;
	return true;
}

static bool tell_week(struct demo_load *l, day_t from, day_t to, int number, int64_t *balance_minor,
		      struct err *e)
{
	struct arena *a = l->job->arena;
	struct buf file;

	/* On the first morning people telephone; on the morning after the week its files are in. */
	set_day(l, from);
	if (!demo_listen(l, e))
		return false;
	set_day(l, to + 1);
	buf_init(&file, a);
	if (demo_items_csv(&l->world, from, to, &file) &&
	    !demo_import(l, arena_printf(a, "factures-semaine-%d.csv", number), &file, e))
		return false;
	buf_clear(&file);
	demo_camt(&l->world, from, to, number, balance_minor, &file);
	return demo_import(l, arena_printf(a, "releve-semaine-%d.xml", number), &file, e) &&
	       demo_abroad_week(l, from, to, number, e) && match(l, e) && demo_abroad_book(l, e) &&
	       (to + 1 == l->world.today || demo_chase(l, e));
}

static bool tell_weeks(struct demo_load *l, struct err *e)
{
	int64_t balance_minor = 15000000;
	int number = 0;

	for (day_t from = l->world.booked_until + 1; from < l->world.today; from += WEEK) {
		day_t to = from + WEEK - 1;

		if (to >= l->world.today)
			to = l->world.today - 1;
		if (!tell_week(l, from, to, ++number, &balance_minor, e))
			return err_while(e, "week %d", number);
	}
	return true;
}

/* The demo's own day: people have telephoned, and the reminders wait for a person. */
static bool tell_today(struct demo_load *l, struct err *e)
{
	set_day(l, l->world.today);
	return demo_listen(l, e) && demo_write_notes(l, e) && demo_letter_by_hand(l, e) &&
	       match(l, e) && demo_ask_reopening(l, e) && demo_plan_some(l, e);
}

static bool check_empty(struct db *db, struct err *e)
{
	int64_t n;

	if (!db_get_i64(db, "SELECT COUNT(*) FROM customer", DB_NO_PARAMS, 0, &n, e))
		return false;
	if (n > 0)
		return err_set(e, ERR_REFUSED,
			       "the database has customers already; the demo needs an empty one");
	return true;
}

bool demo_load(const struct demo_job *job, struct demo_report *ret, struct err *e)
{
	struct demo_load l = { .job = job, .chance = { job->seed ^ UINT64_C(0x5ca1ab1e) } };

	if (!check_empty(job->db, e))
		return false;
	demo_world_make(job->arena, job->size, job->seed, job->today, &l.world);
	set_day(&l, l.world.booked_until + 1);
	if (!demo_make_company(&l, e) || !import_customers(&l, e) || !import_history(&l, e) ||
	    !find_customers(&l, e) || !demo_make_owners(&l, e) || !demo_abroad_begin(&l, e) ||
	    !demo_change_statuses(&l, e) || !demo_close_periods(&l, e) || !tell_weeks(&l, e) ||
	    !tell_today(&l, e))
		return false;
	ret->n_customers = (int64_t)l.world.customers.n + DEMO_ABROAD;
	ret->n_items = (int64_t)l.world.items.n + l.n_abroad;
	ret->n_entries = l.n_entries;
	ret->users = demo_users(&ret->n_users);
	return true;
}
