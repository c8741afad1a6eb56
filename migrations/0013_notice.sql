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
