/* SPDX-License-Identifier: Apache-2.0 */
/* desk_web.h - what the workbench's pages share: its addresses, its filter, its page. */
#ifndef CASH_DESK_WEB_H
#define CASH_DESK_WEB_H

#include "cash/bank_load.h"
#include "cash/desk.h"
#include "cash/desk_view.h"
#include "cash/settle.h"

/* The workbench's address with the filters of this request: of an entry (0: the first to decide), with what
 * is done there ("", "/accept"). */
const char *desk_url(struct request *r, int64_t entry_id, const char *act);

/* The filters of this request, for the entry's acts and forms. */
void desk_keep(struct request *r, struct bank_entry *ret);

/* The filter that the address asks for. *ret_wrong is a text for the reader, or NULL. */
void desk_filter_read(struct request *r, struct desk_filter *ret, const char **ret_wrong);

bool desk_filter_show(struct request *r, struct page *p, const struct desk_filter *f,
		      const char *wrong, struct desk_filter_view *ret, struct err *e) NODISCARD;

/* The page with that entry chosen; id 0: the first to decide. */
bool desk_show(struct request *r, int64_t id, const struct bank_typed *typed, int status,
	       struct err *e) NODISCARD;

/* The question to the payer, asked or prepared for the customer shown. */
bool ask_load(struct request *r, struct page *p, const struct entry *en, struct bank_entry *ret,
	      struct err *e) NODISCARD;

/* What a line of an explanation does to its document. */
enum match_kind desk_line_kind(const struct cash_detail *d);

/* What the form says of the entry: its version, who decides. */
struct cash_decision desk_decision(struct request *r);

/* Done: says so with the way back, and goes to the next entry. A refusal is told on the entry's page. */
bool desk_answer(struct request *r, bool ok, const char *said, bool may_undo,
		 struct err *e) NODISCARD;

/* The entry's money goes to that customer of another company, if the user may decide there. */
bool desk_transfer(struct request *r, const struct cash_decision *d, int64_t entity_id,
		   int64_t customer_id, struct err *e) NODISCARD;

#endif
