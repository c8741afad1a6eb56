/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell.h - what the frame of every page (shell.th) needs to know: the places of the program and the date
 * shown. Handlers do not need it; they call shell_open and shell_close of web/parts.h.
 */
#ifndef WEB_SHELL_H
#define WEB_SHELL_H

#include "web/page.h"

enum shell_group { SHELL_WORK, SHELL_PORTFOLIO, SHELL_FOOT };

struct shell_place {
	enum shell_group group;
	const char *section; /* as p->section */
	const char *url;
	const char *icon;
	const char *text;       /* N_() */
	const char *short_text; /* N_(): under the icon of the bottom bar */
	const char *permission;
	const char *key; /* after G */
	const char *shown_key;
	bool in_tabbar; /* the bottom bar of phones holds five */
};

extern const struct shell_place shell_places[];
extern const size_t shell_n_places;

/* What waits at that place, by p->counts; 0: nothing. */
int64_t shell_count(const struct page *p, const struct shell_place *place);

/* The date control: the page's address without its query, and this view at two other times. */
const char *shell_path(struct page *p);
const char *shell_at(struct page *p, day_t as_of, int64_t known_at);

/* Its shortcuts: the end of the month before last month ..., of last year. */
day_t shell_month_end(const struct page *p, int back);
day_t shell_year_end(const struct page *p);

/* "known now", "known on 5 Nov 2026 at 18:00"; and as its field wants it, "" for now. */
const char *shell_known_at(struct page *p);
const char *shell_known_at_iso(struct page *p);

/* The role of the user, in words. */
const char *shell_role(struct page *p);

/* What stands at the foot of a printed page: company, as of, who and when. */
const char *shell_print_line(struct page *p);

/* The parts of shell.th. */
void shell_head(struct page *p);
void shell_open(struct page *p);
void shell_toast(struct page *p);
void shell_close(struct page *p);
void shell_alone_open(struct page *p);
void shell_alone_close(struct page *p);

#endif
