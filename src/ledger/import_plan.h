/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_plan.h - inside the importer: what a file tells, and what it changes.
 *
 * A reader (import_fec.c for accounting files, import_table.c for tables) turns records into facts; the
 * plan (import_plan.c) compares them with what is known; import_apply.c writes. Private to ledger/import*.
 */
#ifndef LEDGER_IMPORT_PLAN_H
#define LEDGER_IMPORT_PLAN_H

#include "base/list.h"
#include "base/map.h"
#include "ledger/import.h"
#include "ledger/import_spool.h"
#include "ledger/item.h"
#include "ledger/post.h"

/* Source of the items that only an à-nouveau told of. */
#define OPENING_SOURCE "fec_opening"

/* A customer as the file tells it: NULL and absent fields say nothing. */
struct customer_fact {
	int64_t line;
	struct customer_fields {
		const char *name, *kind, *siren, *vat_number, *segment, *terms, *payment_means,
			*language, *email, *phone, *street, *street2, *postcode, *city, *country,
			*iban, *parent_code, *payer_code;
		bool has_limit;
		int64_t credit_limit_minor;
	} fields;
	const char *code;
	LIST_OF(struct attribute {
		const char *name;
		const char *value;
	})
	attributes;
};

struct contact_fact {
	int64_t line;
	const char *customer_code, *name, *role, *email, *phone, *language;
	bool is_dunning;
};

struct identity;

/* What a fact stands for: an amount of an item, signed as the item. One fact may stand for several. */
struct target {
	struct known_item *item;
	int64_t minor;
	struct target *next;
};

struct item_fact {
	int64_t line;
	struct plan_customer *customer;
	enum item_kind kind;
	const char *document;
	const char *document_key;
	day_t issued_on;
	day_t effective;
	bool is_dated; /* by the plan: effective was in a closed period, dated_from is the day given up */
	day_t dated_from;
	day_t due_on; /* DAY_NONE: to be inferred */
	int due_source;
	int64_t amount_minor;
	bool has_net;
	int64_t net_minor, vat_minor;
	const char *account, *order_ref, *payment_ref, *label;
	const char *lettering;
	day_t lettered_on;
	bool is_opening; /* à-nouveau */
	bool is_ledger;  /* from the accounting file: decides amounts */
	bool has_open;   /* the file says what is left of it */
	int64_t open_minor;
	day_t cleared_on; /* settled on that day, by a payment history */
	bool is_disputed;
	char currency[4];
	/* by the plan */
	bool is_matched;
	struct target *targets;
	struct identity *identity;   /* NULL when it was not looked for */
	struct item_fact *next_fact; /* of the same customer */
};

/* An item of the ledger, as far as importing needs to know it. */
struct known_item {
	int64_t id;
	int64_t customer_id;
	const char *kind_name;
	const char *document_key;
	int issue_year;
	int ordinal;
	int64_t amount_minor;
	int64_t open_minor;
	day_t issued_on, due_on, effective;
	int due_source;
	int64_t bank_entry_id;
	int64_t fee_of_id; /* it is the charge of that returned payment; 0: none */
	bool is_booked;
	const char *payment_ref;
	const char *order_ref;
	bool has_net;
	int64_t net_minor, vat_minor;
	const char *source;
	char currency[4];
	enum item_kind kind;
	bool is_taken;            /* by a fact of this file */
	bool is_new;              /* written by this import */
	bool is_reversed;         /* by this import */
	bool is_document_of_file; /* for a snapshot: named by this file */
	int64_t open_before_minor;
	const struct item_fact *fact;     /* of a new one */
	bool is_changed;                  /* fields learned from this file, to be written */
	struct known_item *next_same;     /* same identity, the oldest first */
	struct known_item *next_customer; /* same customer */
};

struct plan_customer {
	int64_t id; /* 0: to be created */
	const char *code;
	const char *terms;
	uint32_t number;  /* in order of being named */
	uint32_t n_facts; /* of this file */
	bool is_new, is_changed;
	bool is_announced; /* by an item of this file: this is all that it tells of its customer */
	const char *told_name; /* NULL: its code */
	int64_t told_line;
	bool is_wanted; /* its items matter though the file says nothing of it */
	bool is_in_batch;
	/* while it is in the batch at hand */
	struct known_item *items; /* of the ledger, and new ones */
	struct item_fact *facts, *last_fact;
	LIST_OF(struct item_fact *) openings; /* à-nouveaux that a former year's file detailed */
	struct exported_line *exported;       /* what the books were told of its account */
};

/* Where facts and items of one identity meet (customer, kind, document, year). */
struct identity {
	struct plan_customer *customer;
	enum item_kind kind;
	int issue_year;
	int last_ordinal; /* reversed items keep theirs: new ones count on from there */
	const char *document_key;
	uint64_t hash;
	LIST_OF(struct item_fact *) facts; /* of this file */
	struct known_item *known;          /* not the reversed ones, the oldest first */
};

/* One field of a known item, learned from this file. */
struct plan_change {
	struct known_item *item;
	const char *field;
	const char *old_value, *new_value;
};

struct plan_allocation {
	struct known_item *debit, *credit;
	int64_t minor;
	const char *lettering;
	const char *rule;
	const char *reason;
	day_t effective, dated_from;
};

/*
 * The facts of a file wait packed (import_spool.h) while it is read; then the customers are taken in batches
 * (import_batch.c), so that memory does not grow with the ledger: nothing that the plan compares goes beyond
 * one customer. The batch's own data is in `arena`, what must last until the report in `keep`.
 */
struct import_plan {
	const struct import_job *job;
	struct arena *keep;
	struct arena *arena; /* of the row, or the batch, at hand */
	struct err *err;
	enum format format;
	const char *file_name;
	char currency[4];
	LIST_OF(struct customer_fact) customers; /* of a file of customers */
	LIST_OF(struct contact_fact) contacts;
	struct spool *spool;
	LIST_OF(struct import_error) errors;
	LIST_OF(const char *) warnings;
	LIST_OF(struct reject {
		int64_t line;
		const char *text;
		const char *field;
		const char *value;
		const char *reason;
	})
	rejects;
	LIST_OF(struct import_column) columns; /* of a table */
	const char *reject_header;             /* header line of the rejects' file */
	struct parse_total total;
	bool has_total;
	const char *content; /* customers, contacts, items ...; NULL for an accounting file */
	/* known state, loaded inside the transaction */
	struct map customer_by_code;  /* struct plan_customer */
	struct plan_customer **by_id; /* in order of id, n_by_id of them */
	size_t n_by_id;
	bool is_first; /* there was no item before */
	bool knows_all; /* by_id has every customer of the ledger, not only those that the file names */
	/* the batch at hand */
	struct plan_customer **batch;
	size_t n_batch;
	LIST_OF(struct item_fact) items;
	struct identity **identities; /* by hash */
	size_t n_identities, identity_slots;
	LIST_OF(struct identity *) groups; /* those of which the file has facts, in its order */
	/* the accounting file */
	int64_t ledger_balance_minor; /* of the customer accounts */
	int64_t n_zero_lines;
	int64_t n_dated,
		n_not_applied; /* facts of a closed period: dated forward, lettering left out */
	day_t opening_on;
	bool has_former_year; /* an accounting file up to the day before opening_on is in the ledger */
	LIST_OF(struct known_item *) new_items;
	LIST_OF(struct plan_allocation) allocations;
	LIST_OF(struct plan_change) changes;
	/* allocations of à-nouveaux that gave way to the former year's detail, to be applied to it */
	LIST_OF(struct carried {
		struct plan_customer *customer;
		struct known_item *other;
		struct plan_allocation al;
	})
	carried;
	bool is_own_export;
	/* of all batches */
	day_t last_issue_on; /* the newest document of the file */
	int64_t n_differ;    /* documents of which the ledger and the file disagree */
	int64_t n_open, n_absent;
	struct book *eve; /* what was open before opening_on, once it was asked for */
	/* Completes a fact that the reader left unfinished until it had read all; NULL: none is. */
	void (*complete)(void *reader, struct item_fact *f, uint32_t entry);
	void *reader;
	/* counts */
	struct import_report *report;
	struct posting posting;
};

/* Adds an error of a line; the line's text for the rejects file may be NULL. */
void plan_reject(struct import_plan *p, int64_t line, const char *text, const char *field,
		 const char *value, const char *message);
void plan_warn(struct import_plan *p, const char *format, ...) PRINTF(2, 3);

/* The customer of that code, known or announced by this file; made new when it is neither. */
struct plan_customer *plan_customer(struct import_plan *p, const char *code);

/* The same, written with that name if it is new (NULL: its code). The first name is kept. */
struct plan_customer *plan_announce(struct import_plan *p, const char *code, const char *name,
				    int64_t line);

/* Keeps the fact until its customer's turn comes. entry: see import_plan.complete. */
void plan_keep_fact(struct import_plan *p, const struct item_fact *f, uint32_t entry);

/* The customer of that id, or NULL. */
struct plan_customer *plan_customer_by_id(const struct import_plan *p, int64_t id);

/* Where the facts of one identity meet; made when it is not there yet. document_key is kept as it is. */
struct identity *plan_identity(struct import_plan *p, struct plan_customer *customer,
			       enum item_kind kind, const char *document_key, int issue_year);

/* Readers: a sink each for the records of the child process; finish makes the facts. */
struct fec_reader;
struct fec_reader *fec_reader_new(struct import_plan *p);
bool fec_reader_take(void *reader, const struct record *r, struct err *e);

struct table_reader;
struct table_reader *table_reader_new(struct import_plan *p);
bool table_reader_take(void *reader, const struct record *r, struct err *e);
bool table_reader_finish(struct table_reader *reader, struct err *e) NODISCARD;

/* A plan for the job; its arenas go with the job's. */
void plan_init(struct import_plan *p, const struct import_job *job, struct import_report *report);

/* Compares facts and ledger, and writes what is new. Inside the transaction, the posting begun. */
bool plan_apply(struct import_plan *p, struct err *e) NODISCARD;

/* What is known of the customers, and whether there is any item. */
bool plan_load_customers(struct import_plan *p, struct err *e) NODISCARD; /* import_load.c */

/* Takes the customers batch by batch: loads what is known of them, plans and writes. */
bool plan_batches(struct import_plan *p, struct err *e) NODISCARD; /* import_batch.c */

/* The steps of a batch, each in its file. */
bool plan_load(struct import_plan *p, struct err *e) NODISCARD;            /* import_load.c */
bool plan_apply_customers(struct import_plan *p, struct err *e) NODISCARD; /* import_customer.c */
bool plan_apply_items(struct import_plan *p, struct err *e) NODISCARD;     /* import_item.c */
bool plan_unsettle(struct import_plan *p, struct err *e) NODISCARD;        /* import_settled.c */
bool plan_apply_openings(struct import_plan *p, struct err *e) NODISCARD;  /* import_opening.c */
void plan_apply_carried(struct import_plan *p);                            /* import_opening.c */
bool plan_apply_lettering(struct import_plan *p, struct err *e) NODISCARD; /* import_letter.c */
bool plan_apply_settled(struct import_plan *p, struct err *e) NODISCARD;   /* import_settled.c */
bool plan_end_settled(struct import_plan *p, struct err *e) NODISCARD;     /* after all batches */
bool plan_write(struct import_plan *p, struct err *e) NODISCARD;           /* import_write.c */

/* Whether the file is an export of this program, unchanged: it proves nothing of the books. */
bool plan_find_own(struct import_plan *p, struct err *e) NODISCARD; /* import_exported.c */

/* Lines of the customers from one id to another that were exported to the books before. */
bool plan_load_exported(struct import_plan *p, int64_t from_id, int64_t to_id,
			struct err *e) NODISCARD; /* import_exported.c */

/* Whether the fact is such a line coming back, each once. *ret: the item it books; NULL when it makes none. */
bool plan_take_exported(struct item_fact *f, struct known_item **ret);

/* Whether a new fact of that day may count: dates it forward, or says in the report that the period is closed
 * (an error of the line, or a warning for what is applied). */
bool plan_may_date(struct import_plan *p, struct item_fact *f); /* import_period.c */
bool plan_may_apply(struct import_plan *p, struct plan_allocation *al);

/* A new item for the fact, in the plan. */
struct known_item *plan_new_item(struct import_plan *p, const struct item_fact *f);

/* Adds what the fact stands for. */
void plan_target(struct import_plan *p, struct item_fact *f, struct known_item *item,
		 int64_t minor);

/* Applies up to minor (at most what both sides have open) of credit to debit; returns how much. */
int64_t plan_allocate(struct import_plan *p, const struct plan_allocation *al);

/* Takes an item out of the ledger at once, its allocations undone; open amounts in the plan follow. */
bool plan_reverse(struct import_plan *p, struct known_item *item, const char *reason,
		  struct err *e) NODISCARD;

/* The due date of a fact: as told, else by the customer's terms, else by the entity's. */
day_t plan_due(struct import_plan *p, const struct plan_customer *c, enum item_kind kind,
	       day_t issued_on, int *ret_source);

#endif
