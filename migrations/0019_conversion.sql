-- SPDX-License-Identifier: Apache-2.0
-- Receipts that became money in the currency of the documents they pay.

-- from_item_id takes from_minor of the payment, to_item_id is the same money in the other currency. The rate is kept
-- as it was used: to_minor = from_minor * rate_times / rate_by, in minor units, rounded once. base_minor is what it
-- is worth in the company's currency. Taken back with the two items.
CREATE TABLE conversion (
	id              BIGINT PRIMARY KEY,
	entity_id       BIGINT NOT NULL REFERENCES entity (id),
	entry_id        BIGINT NOT NULL REFERENCES statement_entry (id),
	payment_item_id BIGINT NOT NULL REFERENCES item (id),
	from_item_id    BIGINT NOT NULL REFERENCES item (id),
	to_item_id      BIGINT NOT NULL REFERENCES item (id),
	from_minor      BIGINT NOT NULL CHECK (from_minor > 0),
	from_currency   TEXT   NOT NULL CHECK (length(from_currency) = 3),
	to_minor        BIGINT NOT NULL CHECK (to_minor > 0),
	to_currency     TEXT   NOT NULL CHECK (length(to_currency) = 3),
	rate_times      BIGINT NOT NULL CHECK (rate_times > 0),
	rate_by         BIGINT NOT NULL CHECK (rate_by > 0),
	rate_source     TEXT   NOT NULL CHECK (rate_source IN ('bank', 'dated', 'agreed')),
	rate_on         TEXT   NOT NULL,
	base_minor      BIGINT NOT NULL CHECK (base_minor >= 0),
	base_on         TEXT   NOT NULL,   -- day of the rate that tells base_minor
	event_id        BIGINT NOT NULL REFERENCES event (id),
	recorded        BIGINT NOT NULL,
	CHECK (from_currency <> to_currency)
);
CREATE UNIQUE INDEX conversion_from ON conversion (from_item_id);
CREATE UNIQUE INDEX conversion_to ON conversion (to_item_id);
CREATE INDEX conversion_entry ON conversion (entry_id);

-- A difference booked at a rate that was corrected since is booked anew: a row that takes the former back, and one
-- with what it is now. The last row that takes nothing back is what counts; with exchange_difference all add up to it.
CREATE TABLE exchange_rebooked (
	id               BIGINT PRIMARY KEY,
	allocation_id    BIGINT NOT NULL REFERENCES exchange_difference (allocation_id),
	entity_id        BIGINT NOT NULL REFERENCES entity (id),
	is_reversal      INT    NOT NULL CHECK (is_reversal IN (0, 1)),
	currency         TEXT   NOT NULL CHECK (length(currency) = 3), -- of the entity
	at_document_minor BIGINT NOT NULL,
	document_rate_on TEXT   NOT NULL,
	at_settlement_minor BIGINT NOT NULL,
	settlement_rate_on TEXT NOT NULL,
	difference_minor BIGINT NOT NULL,
	effective        TEXT   NOT NULL,
	event_id         BIGINT NOT NULL REFERENCES event (id),
	recorded         BIGINT NOT NULL,
	CHECK (difference_minor = at_settlement_minor - at_document_minor)
);
CREATE INDEX exchange_rebooked_allocation ON exchange_rebooked (allocation_id);
CREATE INDEX exchange_rebooked_day ON exchange_rebooked (entity_id, effective);
