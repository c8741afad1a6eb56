/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import.h - the company's files into the ledger.
 *
 * The file is parsed by a child process; what it says is compared with what is known, and one transaction
 * makes it count. Importing the same file twice changes nothing; undoing an import reverses its facts.
 *
 * Rules of identity (reprise): an item is (customer, kind, document, issue year), whichever file brings it;
 * the ledger's file decides amounts and lettering, the invoice file due dates and references; a payment of
 * the bank and the line that books it are one; à-nouveaux never count twice.
 */
#ifndef LEDGER_IMPORT_H
#define LEDGER_IMPORT_H

#include "format/record.h"
#include "ledger/entity.h"

enum import_mode { IMPORT_MOVEMENTS, IMPORT_SNAPSHOT };

struct import_error {
	int64_t line;
	const char *field;
	const char *value;
	const char *message;
};

/* A column of a table: how it is called, what it was taken for ("" when for nothing), what stands in it. */
struct import_column {
	const char *header;
	const char *field;
	const char *sample; /* the first cell that is not blank; NULL */
};

struct import_report {
	int64_t import_id; /* 0 after a dry run */
	const char *file;
	const char *format;  /* "fec", "csv" ... */
	const char *content; /* for csv and xlsx: customers, contacts, items, payments; else NULL */
	const char *sha256;
	bool is_repeat; /* the same bytes were imported before: nothing was done */
	int64_t n_records, n_created, n_updated, n_unchanged, n_rejected;
	bool has_totals;
	int64_t debit_minor, credit_minor;
	char currency[4];
	day_t from_on, to_on;
	int64_t n_customers_created, n_customers_updated;
	int64_t n_items_created, n_items_open, items_open_minor;
	/* control against the ledger's own balance of the customer accounts */
	bool has_control;
	int64_t control_minor; /* what the file says */
	int64_t ledger_minor;  /* what the open items say after the import */
	const struct import_error *errors;
	size_t n_errors;
	const char *const *warnings;
	size_t n_warnings;
	const struct import_column *columns; /* of a table */
	size_t n_columns;
	const char *statements_json; /* bank statements, as in the command line's contract; NULL */
};

/* The import under way, for what takes part in it. */
struct import_context {
	struct db *db;
	struct arena *arena; /* lives as long as the import's report */
	const struct entity *entity;
	int64_t import_id;
	int64_t event_id;
	const char *actor;
	int64_t now;
	day_t today;
};

/* What takes the bank statements: they are the business of a room above (cash), which hands itself in. */
struct bank_importer {
	void *arg;
	/* Each camt record of the file in order, outside any transaction; copy what you keep. */
	bool (*take)(void *arg, const struct record *r, struct err *e);
	/* Once, inside the transaction that makes the import count (rolled back after a dry run): writes the
	 * facts, fills the counts, errors and statements_json of the report. */
	bool (*apply)(void *arg, const struct import_context *ctx, struct import_report *report,
		      struct err *e);
};

/* What the importer needs; progress may be NULL. */
struct import_job {
	struct db *db;
	struct arena *arena;
	const struct entity *entity;
	const char *actor;
	int64_t now;
	day_t today;
	enum import_mode mode;
	bool is_dry_run;
	bool all_or_nothing;
	bool dates_forward; /* facts of a closed period count from the first open day: set only for who may */
	const char *format;  /* forced, or NULL */
	const char *mapping; /* name of a saved mapping, or NULL */
	const char *dates;   /* "dmy" or "mdy" for a table whose days do not tell; NULL */
	const char *account; /* of a bank's table: its IBAN, where the file names none; NULL */
	size_t batch;        /* facts planned at once, for tests; 0: as many as is good */
	const struct bank_importer *bank; /* NULL: bank statements are refused */
	void (*progress)(void *arg, int64_t done, int64_t total);
	void *progress_arg;
};

/* Imports one file from an open descriptor (read from its start; must be seekable). file_name is for
 * people. ERR_FORMAT and the like when the file as a whole is refused: nothing is changed then. */
bool import_file(const struct import_job *job, int fd, const char *file_name,
		 struct import_report *ret, struct err *e) NODISCARD;

/*
 * The browser's way: the file is kept first (state staged), looked at as often as one likes, then applied or
 * dropped. A power cut leaves it staged.
 */
bool import_stage(const struct import_job *job, int fd, const char *file_name, int64_t *ret_id,
		  struct err *e) NODISCARD;
/* What applying would do; changes nothing. job->mode, mapping and format may differ each time. */
bool import_preview(const struct import_job *job, int64_t import_id, struct import_report *ret,
		    struct err *e) NODISCARD;
bool import_apply_staged(const struct import_job *job, int64_t import_id, struct import_report *ret,
			 struct err *e) NODISCARD;
/* In its own transaction; ERR_CONFLICT when it is not staged any more. */
bool import_drop(struct db *db, int64_t entity_id, int64_t import_id, const char *actor,
		 int64_t now, struct err *e) NODISCARD;

/* Names of the fields that a column may be mapped to, ending with NULL. */
const char *const *import_field_names(void);

/* Saves what each header means ("" for nothing), for the files with exactly these headers and by name. Own
 * transaction; replaces the mapping of that name. */
bool import_mapping_save(struct db *db, int64_t entity_id, const char *name,
			 const struct import_column *columns, size_t n_columns, const char *actor,
			 int64_t now, struct err *e) NODISCARD;
/* The columns are those of before, or none. ERR_STALE when they were changed since. */
bool import_mapping_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t event_id,
			 struct err *e) NODISCARD;

struct import_summary {
	int64_t id;
	const char *file_name;
	const char *format;
	const char *state;
	const char *actor;
	const char *report; /* JSON of the command line */
	int64_t n_records, n_created, n_updated, n_unchanged, n_rejected;
	int64_t recorded;
	int64_t applied;
};

/* Newest first, at most limit, before id (0: from the newest). */
bool import_list(struct db *db, struct arena *a, int64_t entity_id, int64_t before_id, int limit,
		 struct import_summary **ret, size_t *ret_n, struct err *e) NODISCARD;
/* Likewise, without their reports: for a list of them all. */
bool import_list_brief(struct db *db, struct arena *a, int64_t entity_id, int limit,
		       struct import_summary **ret, size_t *ret_n, struct err *e) NODISCARD;
/* Likewise as they stood at that moment: those that had come, in the state they had then, by their events; what
 * was not imported yet had created nothing. */
bool import_list_then(struct db *db, struct arena *a, int64_t entity_id, int64_t known_at,
		      int limit, struct import_summary **ret, size_t *ret_n,
		      struct err *e) NODISCARD;
bool import_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id,
		struct import_summary *ret, struct err *e) NODISCARD;

/* The rejected lines as they stood in the file, with field, value and reason: re-importable once mended. */
bool import_rejects_csv(struct db *db, struct arena *a, int64_t import_id, const char **ret,
			size_t *ret_len, struct err *e) NODISCARD;

/* Reverses every fact of an applied import that nothing later rests on. ERR_CONFLICT with the reason when
 * a later act (a reminder sent on it, a closed period) forbids it. Own transaction. */
bool import_undo(struct db *db, int64_t entity_id, int64_t import_id, const char *actor,
		 int64_t now, struct err *e) NODISCARD;

/* The JSON of one file, as in the command line's contract. */
const char *import_report_json(struct arena *a, const struct import_report *r);

#endif
