-- SPDX-License-Identifier: Apache-2.0
-- Virtual IBANs (IBAN virtuels): accounts that the bank made for one customer, or for one of his documents.

-- Who pays to it is known, whatever the text says. Both days are included; valid_to NULL: not closed.
CREATE TABLE virtual_iban (
	id          BIGINT PRIMARY KEY,
	entity_id   BIGINT NOT NULL REFERENCES entity (id),
	iban        TEXT   NOT NULL,      -- letters and digits alone
	customer_id BIGINT NOT NULL REFERENCES customer (id),
	item_id     BIGINT REFERENCES item (id), -- NULL: whatever the customer owes
	valid_from  TEXT   NOT NULL,
	valid_to    TEXT,
	source      TEXT   NOT NULL,      -- manual, or csv
	actor       TEXT   NOT NULL,
	event_id    BIGINT NOT NULL REFERENCES event (id),
	recorded    BIGINT NOT NULL,
	CHECK (valid_to IS NULL OR valid_to >= valid_from)
);
-- Open once at most, over all companies.
CREATE UNIQUE INDEX virtual_iban_open ON virtual_iban (iban) WHERE valid_to IS NULL;
CREATE INDEX virtual_iban_iban ON virtual_iban (iban);
CREATE INDEX virtual_iban_customer ON virtual_iban (entity_id, customer_id);
-- What came to one.
CREATE INDEX statement_entry_creditor ON statement_entry (creditor_iban) WHERE creditor_iban IS NOT NULL;
