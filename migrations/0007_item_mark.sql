-- SPDX-License-Identifier: Apache-2.0
-- What people say of items: a status of the company's own list, approved by the customer, not to be chased.

-- The free list in two levels: type (dispute, promise, in progress ...) and the precise status.
CREATE TABLE item_status (
	id              BIGINT PRIMARY KEY,
	entity_id       BIGINT NOT NULL REFERENCES entity (id),
	type            TEXT   NOT NULL,
	name            TEXT   NOT NULL,
	follow_up_days  INT    NOT NULL DEFAULT 0 CHECK (follow_up_days BETWEEN 0 AND 3650),
	stops_reminders INT    NOT NULL DEFAULT 0 CHECK (stops_reminders IN (0, 1)),
	is_hidden       INT    NOT NULL DEFAULT 0 CHECK (is_hidden IN (0, 1)), -- not offered any more
	version         BIGINT NOT NULL DEFAULT 1,
	event_id        BIGINT NOT NULL REFERENCES event (id),
	recorded        BIGINT NOT NULL,
	UNIQUE (entity_id, type, name)
);

-- One thing said of an item. The newest ordinal of an item and kind counts; is_on 0: taken back.
CREATE TABLE item_mark (
	id        BIGINT PRIMARY KEY,
	entity_id BIGINT NOT NULL REFERENCES entity (id),
	item_id   BIGINT NOT NULL REFERENCES item (id),
	kind      TEXT   NOT NULL CHECK (kind IN ('status', 'excluded', 'approved')),
	ordinal   INT    NOT NULL CHECK (ordinal > 0),
	is_on     INT    NOT NULL CHECK (is_on IN (0, 1)),
	status_id BIGINT REFERENCES item_status (id),
	until_on  TEXT,              -- follow-up day of a status, last day of an exclusion
	reason    TEXT,
	actor     TEXT   NOT NULL,
	event_id  BIGINT NOT NULL REFERENCES event (id),
	recorded  BIGINT NOT NULL,
	UNIQUE (item_id, kind, ordinal)
);
CREATE INDEX item_mark_entity ON item_mark (entity_id, kind);
CREATE INDEX item_mark_event ON item_mark (event_id);

-- Groups of accounts are found from either end.
CREATE INDEX customer_parent ON customer (entity_id, parent_code) WHERE parent_code IS NOT NULL;
CREATE INDEX customer_payer ON customer (entity_id, payer_code) WHERE payer_code IS NOT NULL;
