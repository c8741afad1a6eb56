-- SPDX-License-Identifier: Apache-2.0
-- Exchange rates, and what settling in another currency gained or lost.

-- Units of the currency for one euro, in millionths, from that day until the next rate. A rate that was wrong
-- is followed by another of the same day: what was computed before can be computed again.
CREATE TABLE exchange_rate (
	id           BIGINT PRIMARY KEY,
	currency     TEXT   NOT NULL CHECK (length(currency) = 3 AND currency <> 'EUR'),
	from_on      TEXT   NOT NULL,
	per_euro_ppm BIGINT NOT NULL CHECK (per_euro_ppm > 0),
	source       TEXT   NOT NULL,
	event_id     BIGINT NOT NULL REFERENCES event (id),
	recorded     BIGINT NOT NULL
);
CREATE INDEX exchange_rate_day ON exchange_rate (currency, from_on);
CREATE INDEX exchange_rate_newest ON exchange_rate (from_on, currency);
CREATE INDEX exchange_rate_event ON exchange_rate (event_id);

-- Realised difference (écart de change) of one allocation in a foreign currency: its amount at the rate of the
-- settlement less its amount at the rate of the document. Positive: a gain. Undone with its allocation, by the
-- row of the allocation that undoes it.
CREATE TABLE exchange_difference (
	allocation_id    BIGINT PRIMARY KEY REFERENCES allocation (id),
	entity_id        BIGINT NOT NULL REFERENCES entity (id),
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
CREATE INDEX exchange_difference_day ON exchange_difference (entity_id, effective);
