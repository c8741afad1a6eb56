-- SPDX-License-Identifier: Apache-2.0
-- Back to the books: what the accounting was told (export_batch and what each carries), and allocations made
-- here that have no lettering code yet.

CREATE INDEX allocation_uncoded ON allocation (entity_id)
	WHERE lettering_id IS NULL AND import_id IS NULL AND reverses_id IS NULL;

-- One export, immutable but for its state: prepared (not fetched yet), delivered, acknowledged, refused. Its files
-- are kept by content (table blob), so that it can be fetched again byte by byte.
CREATE TABLE export_batch (
	id               BIGINT PRIMARY KEY,
	entity_id        BIGINT NOT NULL REFERENCES entity (id),
	number           BIGINT NOT NULL CHECK (number > 0),
	state            TEXT   NOT NULL
	                   CHECK (state IN ('prepared', 'delivered', 'acknowledged', 'refused')),
	prepared_on      TEXT   NOT NULL,
	n_entries        BIGINT NOT NULL,
	n_letterings     BIGINT NOT NULL,
	debit_minor      BIGINT NOT NULL,    -- sum of the debits, which is that of the credits
	currency         TEXT   NOT NULL CHECK (length(currency) = 3),
	fec_sha256       TEXT   NOT NULL,
	lettering_sha256 TEXT   NOT NULL,
	csv_sha256       TEXT   NOT NULL,
	delivered        BIGINT,             -- moment it was first fetched
	decided          BIGINT,
	decided_by       TEXT,
	remark           TEXT,               -- the accounting's own reference, or why it was refused
	actor            TEXT   NOT NULL,
	version          BIGINT NOT NULL DEFAULT 1,
	event_id         BIGINT NOT NULL REFERENCES event (id),
	recorded         BIGINT NOT NULL,
	UNIQUE (entity_id, number)
);

-- One entry of a batch: the fact it books (sign 1) or takes back (-1). fact_id: an item, or the allocation of an
-- exchange difference or of a transfer between two accounts.
CREATE TABLE export_fact (
	batch_id  BIGINT NOT NULL REFERENCES export_batch (id),
	seq       INT    NOT NULL CHECK (seq > 0),
	kind      TEXT   NOT NULL CHECK (kind IN ('item', 'exchange', 'transfer')),
	fact_id   BIGINT NOT NULL,
	sign      INT    NOT NULL CHECK (sign IN (-1, 1)),
	journal   TEXT   NOT NULL,
	number    BIGINT NOT NULL CHECK (number > 0), -- EcritureNum
	entry_on  TEXT   NOT NULL,
	piece_ref TEXT   NOT NULL,
	PRIMARY KEY (batch_id, seq)
);
CREATE INDEX export_fact_fact ON export_fact (kind, fact_id);

-- Its lines. customer_id and piece_key where the line stands on a customer's account: by them our own lines are
-- known again when the accounting's file brings them back.
CREATE TABLE export_line (
	batch_id     BIGINT NOT NULL,
	seq          INT    NOT NULL,
	line         INT    NOT NULL,
	account      TEXT   NOT NULL,
	customer_id  BIGINT REFERENCES customer (id),
	piece_key    TEXT,
	debit_minor  BIGINT NOT NULL CHECK (debit_minor >= 0),
	credit_minor BIGINT NOT NULL CHECK (credit_minor >= 0),
	PRIMARY KEY (batch_id, seq, line),
	FOREIGN KEY (batch_id, seq) REFERENCES export_fact (batch_id, seq)
);
CREATE INDEX export_line_customer ON export_line (customer_id) WHERE customer_id IS NOT NULL;

-- How an item is lettered since that batch; code NULL: not any more.
CREATE TABLE export_lettering (
	batch_id    BIGINT NOT NULL REFERENCES export_batch (id),
	seq         INT    NOT NULL CHECK (seq > 0),
	item_id     BIGINT NOT NULL REFERENCES item (id),
	code        TEXT,
	former_code TEXT,
	lettered_on TEXT   NOT NULL,
	minor       BIGINT NOT NULL,         -- of the item under the code, signed
	PRIMARY KEY (batch_id, seq)
);
CREATE INDEX export_lettering_item ON export_lettering (item_id);

-- Programs that call the API (doc/api.md): one company, one role, no person. Of the token only its SHA-256 is kept.
-- used_minute, n_used: how many calls came within the minute of the last one.
CREATE TABLE api_token (
	id          BIGINT PRIMARY KEY,
	entity_id   BIGINT NOT NULL REFERENCES entity (id),
	name        TEXT   NOT NULL,
	token_hash  TEXT   NOT NULL UNIQUE,
	role        TEXT   NOT NULL,
	expires     BIGINT,                -- moment; NULL: never
	revoked     BIGINT,
	last_used   BIGINT,
	used_minute BIGINT NOT NULL DEFAULT 0,
	n_used      BIGINT NOT NULL DEFAULT 0,
	actor       TEXT   NOT NULL,
	event_id    BIGINT NOT NULL REFERENCES event (id),
	recorded    BIGINT NOT NULL
);
CREATE INDEX api_token_entity ON api_token (entity_id);
