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
