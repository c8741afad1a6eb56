/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/advice_private.h"

#include "base/map.h"
#include "base/text.h"
#include "db/attachment.h"
#include "db/blob.h"
#include "db/event.h"
#include "web/files.h"

#include <unistd.h>

struct saving {
	const struct advice_job *job;
	const struct advice *advice;
	struct advice_row *row;
	const char *sha256;
	int fd; /* of the file */
	int64_t event_id;
};

/* ---- the payment ---- */

/* Receipts of the total that no other advice has, of about its day. The one, when there is one. */
static bool find_entry(const struct saving *s, int64_t *ret_entry, int64_t *ret_n, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	const struct advice_job *job = s->job;
	day_t on = s->advice->on != DAY_NONE ? s->advice->on : job->today;
	bool more = false;

	*ret_entry = *ret_n = 0;
	if (!db_query(job->db,
		      "SELECT x.id FROM statement_entry x WHERE x.entity_id = $1"
		      " AND x.amount_minor = $2 AND x.currency = $3 AND x.booked_on >= $4"
		      " AND x.booked_on <= $5 AND x.state IN ('open', 'proposed')"
		      " AND NOT EXISTS (SELECT 1 FROM remittance_advice a WHERE a.entry_id = x.id)"
		      " ORDER BY x.id LIMIT 100",
		      DB_PARAMS(P_I64(job->entity->id), P_I64(s->advice->total_minor),
				P_TEXT(job->entity->currency), P_DAY(on - ADVICE_DAYS),
				P_DAY(on + ADVICE_DAYS)),
		      &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		*ret_entry = row_i64(r, 0);
		++*ret_n;
	}
	if (*ret_n != 1 || !s->advice->adds_up)
		*ret_entry = 0;
	return !more;
}

/* ---- keeping ---- */

static bool insert_lines(const struct saving *s, struct err *e)
{
	for (size_t i = 0; i < s->advice->lines.n; i++) {
		const struct advice_line *l = &s->advice->lines.at[i];
		if (!db_exec(s->job->db,
			     "INSERT INTO remittance_advice_line (advice_id, seq, document, "
			     "is_known,"
			     " amount_minor, discount_minor) VALUES ($1, $2, $3, $4, $5, $6)",
			     DB_PARAMS(P_I64(s->row->id), P_I64((int64_t)i + 1),
				       P_TEXT(l->document), P_BOOL(l->is_known), P_I64(l->minor),
				       P_I64(l->discount_minor)),
			     NULL, e))
			return false;
	}
	return true;
}

static bool insert(const struct saving *s, struct err *e)
{
	const struct advice_row *r = s->row;
	struct db_param none = P_NULL;

	return db_exec(
		s->job->db,
		"INSERT INTO remittance_advice (id, entity_id, file_name, sha256, dated_on,"
		" currency, total_minor, adds_up, n_lines, n_known, entry_id, joined_by, actor,"
		" event_id, recorded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,"
		" $12, $13, $14, $15)",
		DB_PARAMS(P_I64(r->id), P_I64(s->job->entity->id), P_TEXT(r->file_name),
			  P_TEXT(s->sha256), P_DAY(r->dated_on), P_TEXT(r->currency),
			  P_I64(r->total_minor), P_BOOL(r->adds_up), P_I64(r->n_lines),
			  P_I64(r->n_known), r->entry_id ? P_I64(r->entry_id) : none,
			  r->entry_id ? P_TEXT("rule") : none, P_TEXT(s->job->actor),
			  P_I64(s->event_id), P_I64(s->job->now)),
		NULL, e);
}

bool advice_tell(const struct advice_job *job, const char *kind, int64_t advice_id, int64_t *ret_id,
		 struct err *e)
{
	struct event ev = { .entity_id = job->entity->id,
			    .kind = kind,
			    .subject_kind = "remittance_advice",
			    .subject_id = advice_id,
			    .actor = job->actor,
			    .body = "{}",
			    .recorded = job->now };

	return event_add(job->db, &ev, ret_id, e);
}

/* The file as it came, with the advice. */
static bool keep_file(const struct saving *s, struct err *e)
{
	struct attachment at = { .entity_id = s->job->entity->id,
				 .subject_kind = ADVICE_SUBJECT,
				 .subject_id = s->row->id,
				 .file_name = s->row->file_name,
				 .recorded = s->job->now };
	char head[16], hash[BLOB_HASH_TEXT];
	ssize_t n = pread(s->fd, head, sizeof head, 0);

	if (n < 0)
		return err_set(e, ERR_IO, "could not read \"%.80s\"", at.file_name);
	/* Saved only, never shown: a name without a known ending is no reason to refuse it. */
	if (!file_type_of(at.file_name, head, (size_t)n, &at.media_type, NULL))
		at.media_type = "application/octet-stream";
	at.sha256 = hash;
	return blob_put(s->job->db, s->fd, ADVICE_TEXT_MAX, hash, &at.size, e) &&
	       attachment_add(s->job->db, &at, s->job->actor, e);
}

static bool save_tx(struct db *db, void *arg, struct err *e)
{
	struct saving *s = arg;
	struct advice_row *r = s->row;

	if (!db_new_id(db, &r->id, e) || !find_entry(s, &r->entry_id, &r->n_candidates, e) ||
	    !advice_tell(s->job, "advice.taken", r->id, &s->event_id, e))
		return false;
	return insert(s, e) && insert_lines(s, e) && keep_file(s, e);
}

/* ---- reading ---- */

#define ADVICE_SELECT                                                                            \
	"SELECT a.id, a.file_name, a.dated_on, a.currency, a.total_minor, a.adds_up, a.n_lines," \
	" a.n_known, a.entry_id, x.reference FROM remittance_advice a"                           \
	" LEFT JOIN statement_entry x ON x.id = a.entry_id"

static const struct db_column columns[] = {
	DB_COL(struct advice_row, id),          DB_COL(struct advice_row, file_name),
	DB_DAY(struct advice_row, dated_on),    DB_COL(struct advice_row, currency),
	DB_COL(struct advice_row, total_minor), DB_COL(struct advice_row, adds_up),
	DB_COL(struct advice_row, n_lines),     DB_COL(struct advice_row, n_known),
	DB_COL(struct advice_row, entry_id),    DB_COL(struct advice_row, entry),
};

static bool find_repeat(const struct advice_job *job, const char *sha256, struct advice_row *ret,
			struct err *e)
{
	struct advice_row *found;
	size_t n;

	if (!db_list(job->db, job->arena, ADVICE_SELECT " WHERE a.entity_id = $1 AND a.sha256 = $2",
		     DB_PARAMS(P_I64(job->entity->id), P_TEXT(sha256)), columns, ARRAY_LEN(columns),
		     sizeof *found, (void **)&found, &n, e))
		return false;
	if (n) {
		*ret = found[0];
		ret->is_repeat = true;
	}
	return true;
}

/* A comma stands between columns or before cents: the reading that adds up is taken. */
static bool read_text(const struct advice_job *job, struct advice_documents *d, const char *text,
		      size_t n, struct advice *ret, struct err *e)
{
	const char *currency = job->entity->currency, *table;
	struct advice other;
	size_t table_n = 0;
	bool ok = advice_read(job->arena, text, n, currency, advice_known, d, ret, e);

	if (ok && ret->adds_up)
		return true;
	table = advice_text_between_commas(job->arena, text, n, &table_n);
	if (table &&
	    advice_read(job->arena, table, table_n, currency, advice_known, d, &other, NULL) &&
	    (!ok || other.adds_up)) {
		*ret = other;
		return true;
	}
	return ok;
}

bool advice_import(const struct advice_job *job, int fd, const char *file_name,
		   struct advice_row *ret, struct err *e)
{
	char hash[BLOB_HASH_TEXT];
	struct advice_documents documents;
	struct advice advice;
	struct saving s = { .job = job, .advice = &advice, .row = ret, .sha256 = hash, .fd = fd };
	const char *text;
	int64_t size;
	size_t n;

	*ret = (struct advice_row){ .file_name = file_name_clean(job->arena, file_name) };
	if (!blob_hash(fd, hash, &size, e) || !find_repeat(job, hash, ret, e))
		return false;
	if (ret->is_repeat)
		return true;
	if (!advice_text(job->arena, fd, file_name, &text, &n, e) ||
	    !advice_documents_load(job, &documents, e) ||
	    !read_text(job, &documents, text, n, &advice, e))
		return false;
	ret->dated_on = advice.on;
	memcpy(ret->currency, job->entity->currency, sizeof ret->currency);
	ret->total_minor = advice.total_minor;
	ret->adds_up = advice.adds_up;
	ret->n_lines = (int64_t)advice.lines.n;
	ret->n_known = (int64_t)advice.n_known;
	return db_tx(job->db, save_tx, &s, e);
}

bool advice_list(struct db *db, struct arena *a, int64_t entity_id, int limit,
		 struct advice_row **ret, size_t *ret_n, struct err *e)
{
	return db_list(db, a, ADVICE_SELECT " WHERE a.entity_id = $1 ORDER BY a.id DESC LIMIT $2",
		       DB_PARAMS(P_I64(entity_id), P_I64(limit)), columns, ARRAY_LEN(columns),
		       sizeof **ret, (void **)ret, ret_n, e);
}

bool advice_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id,
		struct advice_row *ret, struct err *e)
{
	struct advice_row *found;
	size_t n;

	if (!db_list(db, a, ADVICE_SELECT " WHERE a.entity_id = $1 AND a.id = $2",
		     DB_PARAMS(P_I64(entity_id), P_I64(id)), columns, ARRAY_LEN(columns),
		     sizeof *found, (void **)&found, &n, e))
		return false;
	if (n == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no remittance advice %" PRId64, id);
	*ret = found[0];
	return true;
}

bool advice_lines(struct db *db, struct arena *a, int64_t advice_id, int limit,
		  struct advice_line **ret, size_t *ret_n, struct err *e)
{
	static const struct db_column line_columns[] = {
		DB_COL(struct advice_line, line),           DB_COL(struct advice_line, document),
		DB_COL(struct advice_line, is_known),       DB_COL(struct advice_line, minor),
		DB_COL(struct advice_line, discount_minor),
	};

	return db_list(db, a,
		       "SELECT seq, document, is_known, amount_minor, discount_minor"
		       " FROM remittance_advice_line WHERE advice_id = $1 ORDER BY seq LIMIT $2",
		       DB_PARAMS(P_I64(advice_id), P_I64(limit)), line_columns,
		       ARRAY_LEN(line_columns), sizeof **ret, (void **)ret, ret_n, e);
}

bool advice_candidates(struct db *db, struct arena *a, int64_t entity_id,
		       const struct advice_row *advice, int limit, struct advice_candidate **ret,
		       size_t *ret_n, struct err *e)
{
	static const struct db_column candidate_columns[] = {
		DB_COL(struct advice_candidate, entry_id),
		DB_COL(struct advice_candidate, reference),
		DB_COL(struct advice_candidate, payer_name),
		DB_DAY(struct advice_candidate, booked_on),
		DB_COL(struct advice_candidate, amount_minor),
	};

	return db_list(db, a,
		       "SELECT x.id, x.reference, x.payer_name, x.booked_on, x.amount_minor"
		       " FROM statement_entry x WHERE x.entity_id = $1 AND x.currency = $2"
		       " AND x.amount_minor > 0 AND x.state IN ('open', 'proposed', 'doubtful')"
		       " AND NOT EXISTS (SELECT 1 FROM remittance_advice a WHERE a.entry_id = x.id)"
		       " ORDER BY ABS(x.amount_minor - $3), x.booked_on DESC, x.id LIMIT $4",
		       DB_PARAMS(P_I64(entity_id), P_TEXT(advice->currency),
				 P_I64(advice->total_minor), P_I64(limit)),
		       candidate_columns, ARRAY_LEN(candidate_columns), sizeof **ret, (void **)ret,
		       ret_n, e);
}

/* ---- joining by hand ---- */

struct joining {
	const struct advice_job *job;
	int64_t advice_id, entry_id;
};

static bool join_tx(struct db *db, void *arg, struct err *e)
{
	const struct joining *j = arg;
	struct db_param none = P_NULL;
	int64_t taken, changed, event_id;

	if (!db_get_i64(db,
			"SELECT COUNT(*) FROM remittance_advice WHERE entry_id = $1 AND id <> $2",
			DB_PARAMS(P_I64(j->entry_id), P_I64(j->advice_id)), 0, &taken, e))
		return false;
	if (taken)
		return err_set(e, ERR_CONFLICT, "the receipt has another remittance advice");
	if (!db_exec(db,
		     "UPDATE remittance_advice SET entry_id = $3, joined_by = $4"
		     " WHERE id = $1 AND entity_id = $2",
		     DB_PARAMS(P_I64(j->advice_id), P_I64(j->job->entity->id),
			       j->entry_id ? P_I64(j->entry_id) : none,
			       j->entry_id ? P_TEXT(j->job->actor) : none),
		     &changed, e))
		return false;
	if (changed == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no remittance advice %" PRId64,
			       j->advice_id);
	return advice_tell(j->job, "advice.joined", j->advice_id, &event_id, e);
}

bool advice_join(const struct advice_job *job, int64_t advice_id, int64_t entry_id, struct err *e)
{
	struct joining j = { job, advice_id, entry_id };

	return db_tx(job->db, join_tx, &j, e);
}

/* ---- for the matching ---- */

static struct match_entry *entry_of(struct match_entry *entries, size_t n, int64_t id)
{
	for (size_t low = 0, high = n; low < high;) {
		size_t mid = low + (high - low) / 2;
		if (entries[mid].id == id)
			return &entries[mid];
		if (entries[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

struct line_row {
	int64_t entry_id;
	const char *document;
	int64_t amount_minor, discount_minor;
};

bool advice_give(struct db *db, struct arena *a, int64_t entity_id, struct match_entry *entries,
		 size_t n, struct err *e)
{
	static const struct db_column line_columns[] = {
		DB_COL(struct line_row, entry_id),
		DB_COL(struct line_row, document),
		DB_COL(struct line_row, amount_minor),
		DB_COL(struct line_row, discount_minor),
	};
	struct line_row *rows;
	struct match_advice *lines;
	size_t n_rows;

	if (!db_list(db, a,
		     "SELECT a.entry_id, l.document, l.amount_minor, l.discount_minor"
		     " FROM remittance_advice a JOIN remittance_advice_line l ON l.advice_id = a.id"
		     " JOIN statement_entry x ON x.id = a.entry_id"
		     " WHERE a.entity_id = $1 AND x.state IN ('open', 'proposed', 'doubtful')"
		     " ORDER BY a.entry_id, l.seq",
		     DB_PARAMS(P_I64(entity_id)), line_columns, ARRAY_LEN(line_columns),
		     sizeof *rows, (void **)&rows, &n_rows, e))
		return false;
	lines = ARENA_ARRAY(a, n_rows + 1, struct match_advice);
	for (size_t i = 0; i < n_rows; i++) {
		struct match_entry *to = entry_of(entries, n, rows[i].entry_id);
		lines[i] = (struct match_advice){ rows[i].document, true, rows[i].amount_minor,
						  rows[i].discount_minor };
		if (!to)
			continue;
		if (to->n_advice++ == 0)
			to->advice = &lines[i];
	}
	return true;
}
