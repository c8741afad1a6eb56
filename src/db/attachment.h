/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attachment.h - documents that belong to something (pièces jointes): the invoice's PDF, a letter sent, a
 * file imported. Their bytes are blobs (db/blob.h); here is whose they are and what people call them.
 */
#ifndef DB_ATTACHMENT_H
#define DB_ATTACHMENT_H

#include "db/db.h"

struct attachment {
	int64_t id;
	int64_t entity_id;
	const char *subject_kind; /* "item", "message", "customer", "import", "dispute", "promise",
			       "remittance_advice", "receipt", "deposit_slip" */
	int64_t subject_id;
	const char *file_name; /* for people; never a path */
	const char *media_type;
	int64_t size;
	const char *sha256;
	int64_t recorded;
};

/* Writes the event and the row, in the caller's transaction; at->id is filled. */
bool attachment_add(struct db *db, struct attachment *at, const char *actor,
		    struct err *e) NODISCARD;

/* Of one thing, the oldest first. */
bool attachment_list(struct db *db, struct arena *a, const char *subject_kind, int64_t subject_id,
		     struct attachment **ret, size_t *ret_n, struct err *e) NODISCARD;
bool attachment_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id,
		    struct attachment *ret, struct err *e) NODISCARD;

/* Takes it out of sight, or brings it back; its bytes stay. ERR_CONFLICT when it is so already. In the
 * caller's transaction. */
bool attachment_remove(struct db *db, int64_t entity_id, int64_t id, bool is_gone,
		       const char *actor, int64_t now, struct err *e) NODISCARD;

#endif
