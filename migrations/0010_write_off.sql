-- SPDX-License-Identifier: Apache-2.0
-- Bad debts (pertes sur créances irrécouvrables): asked for by one person, above his limit decided by another.

CREATE TABLE write_off (
	id           BIGINT PRIMARY KEY,
	entity_id    BIGINT NOT NULL REFERENCES entity (id),
	customer_id  BIGINT NOT NULL REFERENCES customer (id),
	state        TEXT   NOT NULL CHECK (state IN ('requested', 'done', 'refused', 'undone')),
	amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
	vat_minor    BIGINT NOT NULL DEFAULT 0, -- part of it that is VAT, to be claimed back where the law allows
	currency     TEXT   NOT NULL CHECK (length(currency) = 3),
	reason       TEXT   NOT NULL,
	requested_by TEXT   NOT NULL,
	requested_on TEXT   NOT NULL,
	decided_by   TEXT,
	decided_on   TEXT,
	remark       TEXT,                      -- of who decided or undid
	item_id      BIGINT REFERENCES item (id), -- the adjustment that was posted
	version      BIGINT NOT NULL DEFAULT 1,
	event_id     BIGINT NOT NULL REFERENCES event (id),
	recorded     BIGINT NOT NULL
);
CREATE INDEX write_off_state ON write_off (entity_id, state, id);
CREATE INDEX write_off_customer ON write_off (customer_id);

CREATE TABLE write_off_line (
	write_off_id BIGINT NOT NULL REFERENCES write_off (id),
	item_id      BIGINT NOT NULL REFERENCES item (id),
	amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
	PRIMARY KEY (write_off_id, item_id)
);
