-- SPDX-License-Identifier: Apache-2.0
-- What a bank tells before or beside its statements: intraday reports (camt.052) and notifications (camt.054).

-- booked: the statement of the day. details: notifications, which say more of its entries. intraday: reports
-- of the day under way, replaced by its statement.
ALTER TABLE statement ADD COLUMN kind TEXT NOT NULL DEFAULT 'booked'
	CHECK (kind IN ('booked', 'details', 'intraday'));

-- The bank sends notifications only for this account: they are booked themselves.
ALTER TABLE bank_account ADD COLUMN books_notices INT NOT NULL DEFAULT 0 CHECK (books_notices IN (0, 1));

-- What an entry of a notice has beside those of statement_entry.
CREATE TABLE entry_notice (
	entry_id        BIGINT PRIMARY KEY REFERENCES statement_entry (id),
	statement_id    BIGINT NOT NULL REFERENCES statement (id),
	bank_account_id BIGINT NOT NULL REFERENCES bank_account (id),
	group_seq       INT    NOT NULL,   -- the bank's entry that it is part of, within its notice
	identity        TEXT   NOT NULL,   -- the same in each notice that repeats it
	is_pending      INT    NOT NULL CHECK (is_pending IN (0, 1)), -- the bank has not booked it
	joined_id       BIGINT REFERENCES statement_entry (id), -- the booked entry that it tells of
	filled          TEXT               -- fields of that one that were blank and have its values: " a b "
);
CREATE UNIQUE INDEX entry_notice_identity ON entry_notice (bank_account_id, identity);
CREATE INDEX entry_notice_joined ON entry_notice (joined_id) WHERE joined_id IS NOT NULL;
CREATE INDEX entry_notice_statement ON entry_notice (statement_id);

-- Payments that came back (impayés, rejets): told by the statement, by a status report (pain.002) or by CFONB 240.
-- waiting: whose payment it is, is not certain, or the matching has not looked yet; treated: the payment is undone;
-- dismissed: no payment of ours; undone: treated, then taken back by a person.
CREATE TABLE payment_return (
	id              BIGINT PRIMARY KEY,
	entity_id       BIGINT NOT NULL REFERENCES entity (id),
	source          TEXT   NOT NULL CHECK (source IN ('statement', 'pain.002', 'cfonb240')),
	identity        TEXT   NOT NULL,       -- the same wherever it is told again
	state           TEXT   NOT NULL CHECK (state IN ('waiting', 'treated', 'dismissed', 'undone')),
	kind            TEXT   NOT NULL CHECK (kind IN ('direct_debit', 'cheque', 'bill', 'transfer', 'other')),
	is_doubtful     INT    NOT NULL DEFAULT 0 CHECK (is_doubtful IN (0, 1)), -- its file does not add up
	reason_code     TEXT,
	reason_text     TEXT,
	amount_minor    BIGINT NOT NULL CHECK (amount_minor > 0),
	currency        TEXT   NOT NULL CHECK (length(currency) = 3),
	returned_on     TEXT   NOT NULL,
	reference       TEXT   NOT NULL,
	end_to_end      TEXT,
	payer_name      TEXT,
	payer_iban      TEXT,
	remittance      TEXT,
	other_refs      TEXT,
	entry_id        BIGINT REFERENCES statement_entry (id), -- the debit of the bank
	customer_id     BIGINT REFERENCES customer (id),
	payment_item_id BIGINT REFERENCES item (id),
	return_item_id  BIGINT REFERENCES item (id),
	fee_item_id     BIGINT REFERENCES item (id),
	booked_fee_item_id BIGINT REFERENCES item (id), -- the accounting's line of the charge: none was posted
	booked_item_id  BIGINT REFERENCES item (id), -- the accounting's own line: it is the return, or it may be while waiting
	documents       TEXT,                  -- that are open again
	is_seen         INT    NOT NULL DEFAULT 0 CHECK (is_seen IN (0, 1)),
	import_id       BIGINT REFERENCES import (id),
	event_id        BIGINT NOT NULL REFERENCES event (id),
	recorded        BIGINT NOT NULL
);
CREATE UNIQUE INDEX payment_return_identity ON payment_return (entity_id, identity);
CREATE INDEX payment_return_state ON payment_return (entity_id, state, id);
CREATE INDEX payment_return_payment ON payment_return (payment_item_id) WHERE payment_item_id IS NOT NULL;
CREATE INDEX payment_return_item ON payment_return (return_item_id) WHERE return_item_id IS NOT NULL;
CREATE INDEX payment_return_entry ON payment_return (entry_id) WHERE entry_id IS NOT NULL;
CREATE INDEX payment_return_customer ON payment_return (customer_id) WHERE customer_id IS NOT NULL;

-- What the payment had paid, to be made again should the return be taken back.
CREATE TABLE payment_return_line (
	return_id     BIGINT NOT NULL REFERENCES payment_return (id),
	allocation_id BIGINT NOT NULL REFERENCES allocation (id),
	PRIMARY KEY (return_id, allocation_id)
);
