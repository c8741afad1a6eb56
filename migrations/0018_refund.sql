-- SPDX-License-Identifier: Apache-2.0
-- Refunds on their way: files of transfers given to the bank, and what was paid.

-- One file of transfers (pain.001), kept by its content. state: made, or withdrawn before the bank had it.
CREATE TABLE refund_file (
	id              BIGINT PRIMARY KEY,
	entity_id       BIGINT NOT NULL REFERENCES entity (id),
	number          BIGINT NOT NULL CHECK (number > 0),
	bank_account_id BIGINT NOT NULL REFERENCES bank_account (id),
	state           TEXT   NOT NULL CHECK (state IN ('made', 'withdrawn')),
	execute_on      TEXT   NOT NULL,
	n_refunds       BIGINT NOT NULL CHECK (n_refunds > 0),
	amount_minor    BIGINT NOT NULL CHECK (amount_minor > 0),
	currency        TEXT   NOT NULL CHECK (length(currency) = 3),
	sha256          TEXT   NOT NULL,
	actor           TEXT   NOT NULL,
	event_id        BIGINT NOT NULL REFERENCES event (id),
	recorded        BIGINT NOT NULL,
	UNIQUE (entity_id, number)
);

ALTER TABLE refund ADD COLUMN file_id BIGINT REFERENCES refund_file (id);
ALTER TABLE refund ADD COLUMN paid_on TEXT;
-- The bank's debit; NULL: paid by hand, not on a statement yet.
ALTER TABLE refund ADD COLUMN entry_id BIGINT REFERENCES statement_entry (id);
CREATE INDEX refund_item ON refund (item_id);
CREATE INDEX refund_file_refund ON refund (file_id) WHERE file_id IS NOT NULL;
