/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page.h - what a compiled page template writes to.
 *
 * A template `{% page customer_page(const struct customer_view *v) %}` becomes
 *
 *	void customer_page(struct page *p, const struct customer_view *v);
 *
 * declared by hand beside the view struct. The page carries what every template may show: the
 *reader's language, the user, the token of its forms. Escapes are chosen by the template compiler
 *from the place a value stands in; nobody else calls the page_... functions.
 */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include "base/buf.h"
#include "base/list.h"
#include "base/clock.h"
#include "i18n/catalogue.h"

/* Markup made by our own code, shown as it is. Few places make one: each says why it is safe. */
struct html_safe {
	const char *html;
};

/* What the last request left to be said once: "Promise noted for 2 items." with a way back. */
struct page_flash {
	const char *text;     /* translated already */
	const char *undo_url; /* posted to when the user takes it back; NULL: no undo */
	bool is_error;
};

/* How many things wait at a place of the side bar. */
struct page_count {
	const char *section; /* as struct page.section; NULL ends the list */
	int64_t n;
};

/* A name and value of the address that the date form keeps; a NULL name ends the list. */
struct page_kept {
	const char *name;
	const char *value;
};

struct page {
	struct buf *out;
	struct arena *arena;
	const struct catalogue *cat;
	const char *language;    /* "fr": the lang attribute */
	const char *title;       /* set by the handler; shown by the shell */
	const char *section;     /* "customers": marks the entry of the side bar; "" for none */
	const char *path;        /* of the request, with its query: where to come back to */
	const char *csrf;        /* hidden field csrf of each form; also header X-CSRF-Token */
	const char *idempotency; /* hidden field idempotency_key: fresh per page */
	int64_t user_id;         /* 0: nobody is logged in */
	const char *user_name;
	const char *user_role;
	const char *density;        /* "compact", "normal", "roomy" or NULL */
	const char *entity_name;    /* company shown; NULL before login */
	const char *currency;       /* of the entity */
	day_t today;                /* of the entity's time zone */
	const char *const *allowed; /* names of the rights the user has, ends with NULL */
	bool is_test_mode;          /* nothing leaves: told on every page */
	const char *theme;          /* "light", "dark" or NULL: the reader's system */
	struct when when;           /* the two times asked for; those of now, when none were */
	bool is_past;        /* they are not those of now: told on every page, acts are refused */
	bool takes_as_of;    /* set by handlers whose figures can be of a past day ... */
	bool takes_known_at; /* ... and as they were known at a past moment */
	const char *
		first_import; /* when known_at lies before all data: when the first came; else NULL */
	const struct page_kept
		*kept;         /* of the address, but the two times and the place in a list */
	const char *time_zone; /* of the entity */
	const char *freshness; /* age of the data and gap with the ledger, in words, or NULL */
	bool is_stale;         /* the data is older than the policy allows */
	int64_t utc_offset;    /* of the entity's time zone, seconds */
	const struct page_count *counts; /* NULL: none */
	struct page_flash flash;         /* text NULL: nothing to say */
	const char *asset_base;          /* not for use: see web/asset.h */
};

/* Whether the page's user has the right named as in team/permission.h: "item.read". */
bool page_may(const struct page *p, const char *permission);

/* The address within this site with the two times of the page, when they are not those of now: what a page
 * of the past leads to is of the same past. Addresses that name a time already are left alone. */
const char *page_link(struct page *p, const char *url);

/* ---- for compiled templates only ---------------------------------------------------------------
 */

enum page_place {
	PAGE_TEXT,      /* between tags */
	PAGE_ATTRIBUTE, /* in a quoted attribute */
	PAGE_URL, /* a whole address: http, https, mailto, or within this site; "#" for others */
	PAGE_URL_PART, /* a part of an address: everything but letters, digits and -._~ in % form */
	PAGE_URL_MAIL, /* the same after mailto:, where @ stays */
};

void page_markup(struct page *p, const char *markup, size_t n);
void page_safe(struct page *p, struct html_safe markup);
void page_put_text(struct page *p, enum page_place place, const char *s);
void page_put_int(struct page *p, enum page_place place, int64_t v);
void page_put_size(struct page *p, enum page_place place, uint64_t v);
void page_tr(struct page *p, enum page_place place, const char *text);
void page_trf(struct page *p, enum page_place place, const char *format, ...) PRINTF(3, 4);
void page_trn(struct page *p, enum page_place place, const char *one, const char *many,
	      unsigned long n, ...) PRINTF(3, 6) PRINTF(4, 6);

/* Texts and whole numbers (ids, counts). A bool or an amount does not compile: it has no one way to
 * be written. */
#define PAGE_PUT(p, place, value) \
	_Generic((value), char *: page_put_text, const char *: page_put_text, int: page_put_int,   \
		 long: page_put_int, long long: page_put_int, unsigned: page_put_size,             \
		 unsigned long: page_put_size, unsigned long long: page_put_size)(p, place, value)

#endif
